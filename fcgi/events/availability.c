#include "fcgi/events/availability.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/app.h"
#include <string.h>

struct availability_query {
    const char *format;
};

static const char *const FORMATS[] = {"full", "compact", NULL};
static const struct field AVAILABILITY_FIELDS[] = {
    {.name = "format",
     .type = FIELD_CHOICE,
     .choices = FORMATS,
     .offset = offsetof(struct availability_query, format)},
};
const struct field_spec AVAILABILITY_QUERY = FIELD_SPEC(struct availability_query, AVAILABILITY_FIELDS);

enum form { FORM_FULL = 'f', FORM_COMPACT = 'c', FORM_CHANGES = 'd' };

static enum problem render(struct response *response, struct snapshot *snapshot, enum form form,
                           const char *since)
{
    if (form == FORM_FULL) {
        const struct text *full = snapshot_full(snapshot);
        return response_bytes(response, 200, "application/json", full->data, full->length);
    }
    struct text text TEXT_AUTO = {0};
    if (form == FORM_COMPACT || !snapshot_add_changes(snapshot, since, &text)) {
        snapshot_add_compact(snapshot, &text);
    }
    return response_bytes(response, 200, "application/json", text.data, text.length);
}

enum problem availability_get(struct request *request, struct response *response)
{
    const struct app *app = app_of(request);
    const struct availability_query *query = request_query(request);
    const char *since = request_query_text(request, "since");
    enum form form = FORM_FULL;
    if (since != NULL) {
        form = FORM_CHANGES;
    } else if (query->format != NULL && strcmp(query->format, "compact") == 0) {
        form = FORM_COMPACT;
    }
    struct availability *show = NULL;
    enum db_status status = availability_open(app->availability, request_param(request, "id"), &show);
    if (status != DB_OK) {
        return answer_failure(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    enum problem problem = PROBLEM_SHOW_NOT_FOUND;
    if (availability_published(show) || request_has_role(request, ROLE_ADMIN)) {
        struct snapshot *snapshot = availability_snapshot(show);
        response_etag(response, "%c%016llx", form, (unsigned long long)snapshot_fingerprint(snapshot));
        problem = response_not_modified(response) ? response_empty(response, 304)
                                                  : render(response, snapshot, form, since);
    }
    availability_close(app->availability, show);
    return problem;
}
