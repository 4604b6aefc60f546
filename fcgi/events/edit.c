/* edit.c: merge patches (RFC 7396) and preconditions (RFC 9110 §13) of events and shows. */
#include "fcgi/events/edit.h"
#include "common/identifier.h"
#include "fcgi/events/answer.h"
#include <string.h>

const struct field_spec edit_any_body = {.allow_any_json = true};

/* What changes without an edit, so that a client cannot know it better. */
static const char *const BY_TIME[] = {"updatedAt", "salesOpen", "nextShowAt"};

bool edit_is_conditional(const struct request *request)
{
    return request_header(request, "If-Match") != NULL;
}

bool edit_is_allowed(const struct request *request, const json_t *current)
{
    const char *wanted = request_header(request, "If-Match");
    if (wanted == NULL || strcmp(wanted, "*") == 0) {
        return true;
    }
    CLEANUP(free) char *text = json_dumps(current, JSON_COMPACT);
    char tag[ANSWER_TAG_SIZE];
    if (text == NULL) {
        return false;
    }
    answer_tag(text, strlen(text), tag);
    const char *found = strstr(wanted, tag);
    return found != NULL && found > wanted && found[-1] == '"' && found[strlen(tag)] == '"';
}

static bool is_field(const struct field_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->count; i++) {
        if (strcmp(spec->fields[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool changes_by_time(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(BY_TIME); i++) {
        if (strcmp(BY_TIME[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Takes what only the service sets out of `body`. */
static void drop_read_only(const struct field_spec *spec, const json_t *current, json_t *body,
                           struct fault_list *faults)
{
    const char *name;
    const json_t *value;
    json_object_foreach((json_t *)current, name, value)
    {
        const json_t *sent = json_object_get(body, name);
        if (sent == NULL || is_field(spec, name)) {
            continue;
        }
        if (!json_equal(sent, value) && !changes_by_time(name)) {
            fault_add(faults, name, "Only the service sets this; leave it out or as it is.");
        }
        json_object_del(body, name);
    }
}

/* RFC 7396 §2, for a target that is an object. The depth of `patch` is bounded by the parser. */
static void merge(json_t *target, const json_t *patch)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)patch, name, value)
    {
        if (json_is_null(value)) {
            json_object_del(target, name);
        } else if (json_is_object(value)) {
            if (!json_is_object(json_object_get(target, name))) {
                json_object_set_new(target, name, json_object());
            }
            merge(json_object_get(target, name), value);
        } else {
            json_object_set(target, name, value);
        }
    }
}

/* The members of `current` that a client may set, as they are stored. */
static json_t *settable(const struct field_spec *spec, const json_t *current, const json_t *stored)
{
    json_t *object = json_object();
    for (size_t i = 0; i < spec->count; i++) {
        const char *name = spec->fields[i].name;
        const json_t *own = json_object_get(stored, name);
        json_object_set_new(object, name, json_deep_copy(own != NULL ? own : json_object_get(current, name)));
    }
    return object;
}

json_t *edit_body(const struct request *request, const struct field_spec *spec, const json_t *current,
                  const json_t *stored, struct fault_list *faults)
{
    json_t *body = json_copy((json_t *)request_json(request));
    if (body == NULL) {
        return NULL;
    }
    drop_read_only(spec, current, body, faults);
    if (request_method(request) != HTTP_PATCH) {
        return body;
    }
    json_t *merged = settable(spec, current, stored);
    merge(merged, body);
    json_decref(body);
    return merged;
}
