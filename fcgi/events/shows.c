/* shows.c: the calls about one show. */
#include "fcgi/events/shows.h"
#include "common/response_database.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/edit.h"
#include "fcgi/events/events.h"
#include "fcgi/events/shared_read.h"
#include "fcgi/events/show_body.h"
#include <string.h>

static enum db_status ask_show(struct request *request, struct db_result **ret_rows)
{
    return shows_db_get(events_of(request)->pool, request_param(request, "id"),
                        request_has_role(request, ROLE_ADMIN), ret_rows);
}

static enum db_status render_show(struct request *request, const struct db_result *rows, json_t **ret_body)
{
    struct show_record show;
    shows_db_read(request_arena(request), rows, 0, &show);
    return show_body_json(events_of(request), &show, ret_body);
}

static const struct shared_question SHOW_QUESTION = {
    .ask = ask_show, .render = render_show, .missing = PROBLEM_SHOW_NOT_FOUND};

enum problem show_get(struct request *request, struct response *response)
{
    return shared_read(events_of(request)->reads, &SHOW_QUESTION, NULL, request, response);
}

/* The show that the path names; of drafts for admins only. */
static enum db_status find_show(struct request *request, struct show_record *ret_show)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = ask_show(request, &rows);
    if (status == DB_OK) {
        shows_db_read(request_arena(request), rows, 0, ret_show);
    }
    return status;
}

static enum problem answer_updated(struct request *request, struct response *response)
{
    struct show_record show;
    json_t *body = NULL;
    enum db_status status = find_show(request, &show);
    if (status == DB_OK) {
        status = show_body_json(events_of(request), &show, &body);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    return response_json(response, 200, body);
}

static enum problem answer_update(struct request *request, struct response *response, enum show_update update)
{
    CLEANUP(fault_list_free) struct fault_list *faults = NULL;
    switch (update) {
    case SHOW_UPDATED:
        return answer_updated(request, response);
    case SHOW_CLAIMED:
        return response_problem(response, PROBLEM_SHOW_HAS_CLAIMS,
                                "The seat map cannot change while seats of this show are held, sold or being "
                                "paid.");
    case SHOW_NO_SEATMAP:
        faults = fault_list_new();
        fault_add(faults, "seatMapId", "is not the id of a seat map");
        return response_faults(response, faults);
    case SHOW_STALE: /* others were faster each time */
        return response_unavailable(response, 1);
    case SHOW_MISSING:
        break;
    }
    return PROBLEM_SHOW_NOT_FOUND;
}

/* What is stored of the show in another form than the one that GET shows: its own prices only. */
static json_t *stored_form(const struct show_record *show)
{
    json_t *own = show->price_tiers != NULL ? json_loads(show->price_tiers, 0, NULL) : json_null();
    return json_pack("{s:o}", "priceTiers", own);
}

/* One try of an edit: SHOW_STALE when it has to begin again. */
static enum problem try_update(struct request *request, struct response *response,
                               const struct show_record *show, enum show_update *ret_update)
{
    json_auto_t *current = NULL;
    enum db_status status = show_body_json(events_of(request), show, &current);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    if (!edit_is_allowed(request, current)) {
        return PROBLEM_PRECONDITION_FAILED;
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    json_auto_t *stored = stored_form(show);
    json_auto_t *wanted = edit_body(request, &show_create_body, current, stored, faults);
    struct show_values values;
    int64_t version = 0;
    enum problem problem = show_body_read(request, response, wanted, show, faults, &values, &version);
    if (problem != PROBLEM_NONE || fault_count(faults) > 0) {
        return problem;
    }
    const struct edit edit = {request_user(request)->user_id, show->id, show->updated_key};
    status = shows_db_update(events_of(request)->pool, &edit, version, &values, ret_update);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    if (*ret_update == SHOW_CLAIMED && strcmp(show->seatmap_id, values.seatmap_id) == 0) {
        *ret_update = SHOW_STALE; /* a seat was taken just before the show could move to the newest version */
    }
    return *ret_update == SHOW_STALE ? PROBLEM_NONE : answer_update(request, response, *ret_update);
}

enum problem show_update(struct request *request, struct response *response)
{
    for (int i = 0; i < EDIT_TRIES; i++) {
        struct show_record show;
        enum db_status status = find_show(request, &show);
        if (status != DB_OK) {
            return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
        }
        enum show_update update = SHOW_MISSING;
        enum problem problem = try_update(request, response, &show, &update);
        if (problem != PROBLEM_NONE || update != SHOW_STALE) {
            return problem;
        }
    }
    return answer_update(request, response, SHOW_STALE);
}

/* The state of the show that an If-Match names; NULL without the header. */
static enum problem seen_state(struct request *request, struct response *response, const char **ret_seen)
{
    struct show_record show;
    json_auto_t *current = NULL;
    *ret_seen = NULL;
    if (!edit_is_conditional(request)) {
        return PROBLEM_NONE;
    }
    enum db_status status = find_show(request, &show);
    if (status == DB_OK) {
        status = show_body_json(events_of(request), &show, &current);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    *ret_seen = show.updated_key;
    return edit_is_allowed(request, current) ? PROBLEM_NONE : PROBLEM_PRECONDITION_FAILED;
}

enum problem show_delete(struct request *request, struct response *response)
{
    struct edit edit = {.actor = request_user(request)->user_id, .id = request_param(request, "id")};
    enum problem problem = seen_state(request, response, &edit.seen);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct deletion deletion;
    enum db_status status = shows_db_delete(events_of(request)->pool, &edit, &deletion);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    return answer_deletion(response, &deletion, PROBLEM_SHOW_NOT_FOUND);
}
