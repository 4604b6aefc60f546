/* events.c: the calls about events. */
#include "fcgi/events/events.h"
#include "common/identifier.h"
#include "common/page.h"
#include "common/response_database.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/creation.h"
#include "fcgi/events/edit.h"
#include "fcgi/events/events_db.h"
#include "fcgi/events/shared_read.h"

enum { DURATION_MINUTES_MAX = 7 * 24 * 60 };

static const struct field EVENT_FIELDS[] = {
    {.name = "title",
     .type = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = 200,
     .offset = offsetof(struct event_values, title)},
    {.name = "description",
     .type = FIELD_TEXT,
     .nullable = true,
     .min = 0,
     .max = 10000,
     .offset = offsetof(struct event_values, description)},
    {.name = "venue",
     .type = FIELD_LINE,
     .nullable = true,
     .min = 0,
     .max = 200,
     .offset = offsetof(struct event_values, venue)},
    {.name = "imageUrl",
     .type = FIELD_URL,
     .nullable = true,
     .min = 1,
     .max = 2000,
     .offset = offsetof(struct event_values, image_url)},
    {.name = "published", .type = FIELD_BOOLEAN, .offset = offsetof(struct event_values, published)},
    {.name = "transferable",
     .type = FIELD_BOOLEAN,
     .offset = offsetof(struct event_values, transferable),
     .present_offset = offsetof(struct event_values, transferable_given)},
    {.name = "defaultDurationMinutes",
     .type = FIELD_INTEGER,
     .nullable = true,
     .min = 1,
     .max = DURATION_MINUTES_MAX,
     .offset = offsetof(struct event_values, duration_minutes)},
    {.name = "timeZone",
     .type = FIELD_TEXT,
     .nullable = true,
     .min = 1,
     .max = 64,
     .offset = offsetof(struct event_values, time_zone)},
};
const struct field_spec event_create_body = FIELD_SPEC(struct event_values, EVENT_FIELDS);

struct event_list_query {
    int64_t limit;
    const char *cursor;
    const char *q;
    const char *from;
    const char *to;
};

static const struct field EVENT_LIST_FIELDS[] = {
    {.name = "limit",
     .type = FIELD_INTEGER,
     .min = 1,
     .max = PAGE_LIMIT_MAX,
     .offset = offsetof(struct event_list_query, limit)},
    {.name = "cursor",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 200,
     .offset = offsetof(struct event_list_query, cursor)},
    {.name = "q", .type = FIELD_TEXT, .min = 0, .max = 200, .offset = offsetof(struct event_list_query, q)},
    {.name = "from", .type = FIELD_TIME, .offset = offsetof(struct event_list_query, from)},
    {.name = "to", .type = FIELD_TIME, .offset = offsetof(struct event_list_query, to)},
};
const struct field_spec event_list_query = FIELD_SPEC(struct event_list_query, EVENT_LIST_FIELDS);

static json_t *event_json(const struct event_record *event)
{
    return json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:b, s:s, s:b, s:I, s:s?, s:s, s:s}", "id", event->id,
                     "title", event->title, "description", event->description, "venue", event->venue,
                     "imageUrl", event->image_url, "published", event->published, "timeZone",
                     event->time_zone, "transferable", event->transferable, "defaultDurationMinutes",
                     (json_int_t)event->duration_minutes, "nextShowAt", event->next_show_at, "createdAt",
                     event->created_at, "updatedAt", event->updated_at);
}

static bool read_filter(struct request *request, struct fault_list *faults, struct event_filter *ret_filter)
{
    const struct event_list_query *query = request_query(request);
    *ret_filter = (struct event_filter){
        .drafts = request_has_role(request, ROLE_ADMIN),
        .text = query->q,
        .from = query->from,
        .to = query->to,
    };
    return page_read(query->limit, query->cursor, request_arena(request), faults, &ret_filter->page);
}

static enum db_status ask_list(struct request *request, struct db_result **ret_rows)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct event_filter filter;
    if (!read_filter(request, faults, &filter)) {
        return DB_FAILED; /* event_list() has looked */
    }
    return events_db_list(events_of(request)->pool, request_arena(request), &filter, ret_rows);
}

static enum db_status render_list(struct request *request, const struct db_result *rows, json_t **ret_body)
{
    const struct event_list_query *query = request_query(request);
    struct arena *arena = request_arena(request);
    size_t limit = query->limit > 0 ? (size_t)query->limit : PAGE_LIMIT_DEFAULT;
    size_t count = db_rows(rows);
    bool more = page_end(limit, &count);
    json_t *items = json_array();
    struct event_record event = {0};
    for (size_t i = 0; i < count; i++) {
        events_db_read(arena, rows, i, &event);
        json_array_append_new(items, event_json(&event));
    }
    *ret_body = page_json("events", items, more ? page_cursor(arena, event.created_key, event.id) : NULL);
    return DB_OK;
}

static const struct shared_question LIST_QUESTION = {
    .ask = ask_list, .render = render_list, .missing = PROBLEM_EVENT_NOT_FOUND};

static const char *or_nothing(const char *text)
{
    return text != NULL ? text : "";
}

enum problem event_list(struct request *request, struct response *response)
{
    const struct event_list_query *query = request_query(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct event_filter filter;
    if (!read_filter(request, faults, &filter)) {
        return response_faults(response, faults);
    }
    const char *key = arena_printf(request_arena(request), "%lld\n%s\n%s\n%s\n%s", (long long)query->limit,
                                   or_nothing(query->cursor), or_nothing(query->from), or_nothing(query->to),
                                   or_nothing(query->q));
    return shared_read(events_of(request)->reads, &LIST_QUESTION, key, request, response);
}

/* Only PostgreSQL knows the names of time zones. */
static enum problem refuse_time_zone(struct response *response)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    fault_add(faults, "timeZone", "is not a name of the IANA time zone database, such as Europe/Paris");
    return response_faults(response, faults);
}

static enum db_status insert_event(struct db *db, struct request *request, const char *id, void *context,
                                   json_t **ret_body)
{
    struct event_record event;
    enum db_status status = events_db_insert(db, request_arena(request), id, context, &event);
    if (status == DB_OK) {
        *ret_body = event_json(&event);
    }
    return status;
}

enum problem event_create(struct request *request, struct response *response)
{
    struct event_values values = *(const struct event_values *)request_body(request);
    const struct creation creation = {.path_prefix = "/events/", .insert = insert_event, .context = &values};
    enum db_status status = DB_OK;
    enum problem problem = creation_answer(request, response, events_of(request)->pool, &creation, &status);
    if (status == DB_INVALID) {
        return refuse_time_zone(response);
    }
    return status == DB_OK ? problem : response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
}

static enum db_status ask_event(struct request *request, struct db_result **ret_rows)
{
    return events_db_get(events_of(request)->pool, request_param(request, "id"),
                         request_has_role(request, ROLE_ADMIN), ret_rows);
}

static enum db_status render_event(struct request *request, const struct db_result *rows, json_t **ret_body)
{
    struct event_record event;
    events_db_read(request_arena(request), rows, 0, &event);
    *ret_body = event_json(&event);
    return DB_OK;
}

static const struct shared_question EVENT_QUESTION = {
    .ask = ask_event, .render = render_event, .missing = PROBLEM_EVENT_NOT_FOUND};

enum problem event_get(struct request *request, struct response *response)
{
    return shared_read(events_of(request)->reads, &EVENT_QUESTION, NULL, request, response);
}

static enum db_status find_event(struct request *request, struct event_record *ret_event)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = ask_event(request, &rows);
    if (status == DB_OK) {
        events_db_read(request_arena(request), rows, 0, ret_event);
    }
    return status;
}

/* One try of an edit; `*ret_fresh` is false when it has to begin again. */
static enum problem try_update(struct request *request, struct response *response,
                               const struct event_record *event, bool *ret_fresh)
{
    json_auto_t *current = event_json(event);
    if (!edit_is_allowed(request, current)) {
        return PROBLEM_PRECONDITION_FAILED;
    }
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    json_auto_t *wanted = edit_body(request, &event_create_body, current, NULL, faults);
    struct event_values *values = arena_alloc(arena, sizeof(*values));
    if (!field_parse_json(&event_create_body, wanted, arena, faults, values) || fault_count(faults) > 0) {
        return response_faults(response, faults);
    }
    const struct edit edit = {request_user(request)->user_id, event->id, event->updated_key};
    struct event_record written;
    enum db_status status =
        events_db_update(events_of(request)->pool, arena, &edit, values, &written, ret_fresh);
    if (status == DB_INVALID) {
        return refuse_time_zone(response);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
    }
    return *ret_fresh ? response_json(response, 200, event_json(&written)) : PROBLEM_NONE;
}

enum problem event_update(struct request *request, struct response *response)
{
    for (int i = 0; i < EDIT_TRIES; i++) {
        struct event_record event;
        enum db_status status = find_event(request, &event);
        if (status != DB_OK) {
            return response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
        }
        bool fresh = true;
        enum problem problem = try_update(request, response, &event, &fresh);
        if (problem != PROBLEM_NONE || fresh) {
            return problem;
        }
    }
    return response_unavailable(response, 1); /* others were faster each time */
}

enum problem event_delete(struct request *request, struct response *response)
{
    struct edit edit = {.actor = request_user(request)->user_id, .id = request_param(request, "id")};
    if (edit_is_conditional(request)) {
        struct event_record event;
        enum db_status status = find_event(request, &event);
        if (status != DB_OK) {
            return response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
        }
        json_auto_t *current = event_json(&event);
        if (!edit_is_allowed(request, current)) {
            return PROBLEM_PRECONDITION_FAILED;
        }
        edit.seen = event.updated_key;
    }
    struct deletion deletion;
    enum db_status status = events_db_delete(events_of(request)->pool, &edit, &deletion);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
    }
    return answer_deletion(response, &deletion, PROBLEM_EVENT_NOT_FOUND);
}
