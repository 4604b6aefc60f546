/* event_shows.c: the shows of an event: listed and created. */
#include "common/identifier.h"
#include "common/response_database.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/creation.h"
#include "fcgi/events/events.h"
#include "fcgi/events/events_db.h"
#include "fcgi/events/shared_read.h"
#include "fcgi/events/show_body.h"
#include "fcgi/events/shows.h"

struct show_list_query {
    int64_t limit;
    const char *cursor;
    const char *from;
};

static const struct field SHOW_LIST_FIELDS[] = {
    PAGE_FIELDS(struct show_list_query),
    {.name = "from", .type = FIELD_TIME, .offset = offsetof(struct show_list_query, from)},
};
const struct field_spec show_list_query = FIELD_SPEC(struct show_list_query, SHOW_LIST_FIELDS);

/* A season of shows fits on a page: clients that know no pages see what is to come. */
enum { SHOWS_DEFAULT = PAGE_LIMIT_MAX };

static bool read_filter(struct request *request, struct fault_list *faults, struct show_filter *ret_filter)
{
    const struct show_list_query *query = request_query(request);
    *ret_filter = (struct show_filter){
        .event_id = request_param(request, "id"),
        .drafts = request_has_role(request, ROLE_ADMIN),
        .from = query->from,
    };
    int64_t limit = query->limit > 0 ? query->limit : SHOWS_DEFAULT;
    return page_read(limit, query->cursor, request_arena(request), faults, &ret_filter->page);
}

static enum db_status ask_shows(struct request *request, struct db_result **ret_rows)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct show_filter filter;
    if (!read_filter(request, faults, &filter)) {
        return DB_FAILED; /* show_list() has looked */
    }
    return shows_db_list(events_of(request)->pool, request_arena(request), &filter, ret_rows);
}

static enum db_status render_shows(struct request *request, const struct db_result *rows, json_t **ret_body)
{
    const struct show_list_query *query = request_query(request);
    struct arena *arena = request_arena(request);
    size_t limit = query->limit > 0 ? (size_t)query->limit : SHOWS_DEFAULT;
    size_t count = shows_db_count(rows);
    bool more = page_end(limit, &count);
    json_auto_t *shows = json_array();
    struct show_record show = {0};
    for (size_t i = 0; i < count; i++) {
        json_t *one = NULL;
        shows_db_read(arena, rows, i, &show);
        enum db_status status = show_body_json(events_of(request), &show, &one);
        if (status != DB_OK) {
            return status;
        }
        json_array_append_new(shows, one);
    }
    json_auto_t *page =
        page_json("shows", json_incref(shows), more ? page_cursor(arena, show.starts_key, show.id) : NULL);
    *ret_body = json_pack("{s:s}", "eventId", request_param(request, "id"));
    json_object_update(*ret_body, page);
    return DB_OK;
}

static const struct shared_question SHOWS_QUESTION = {
    .ask = ask_shows, .render = render_shows, .missing = PROBLEM_EVENT_NOT_FOUND};

enum problem show_list(struct request *request, struct response *response)
{
    const struct show_list_query *query = request_query(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct show_filter filter;
    if (!read_filter(request, faults, &filter)) {
        return response_faults(response, faults);
    }
    const char *key =
        arena_printf(request_arena(request), "%lld\n%s\n%s", (long long)query->limit,
                     query->cursor != NULL ? query->cursor : "", query->from != NULL ? query->from : "");
    return shared_read(events_of(request)->reads, &SHOWS_QUESTION, key, request, response);
}

/* Is there such an event for the user who asks? */
static enum db_status find_event(struct request *request)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return events_db_get(events_of(request)->pool, request_param(request, "id"),
                         request_has_role(request, ROLE_ADMIN), &rows);
}

struct new_show {
    struct show_values values;
    int64_t version; /* of the seat map */
};

static enum db_status insert_show(struct db *db, struct request *request, const char *id, void *context,
                                  json_t **ret_body)
{
    const struct new_show *new_show = context;
    struct show_record show;
    enum db_status status = shows_db_insert(db, request_arena(request), id, request_param(request, "id"),
                                            new_show->version, &new_show->values, &show);
    return status == DB_OK ? show_body_json(events_of(request), &show, ret_body) : status;
}

enum problem show_create(struct request *request, struct response *response)
{
    enum db_status status = find_event(request);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct new_show new_show;
    enum problem problem = show_body_read(request, response, request_json(request), NULL, faults,
                                          &new_show.values, &new_show.version);
    if (problem != PROBLEM_NONE || fault_count(faults) > 0) {
        return problem;
    }
    const struct creation creation = {.path_prefix = "/shows/", .insert = insert_show, .context = &new_show};
    problem = creation_answer(request, response, events_of(request)->pool, &creation, &status);
    return status == DB_OK ? problem : response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
}
