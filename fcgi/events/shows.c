/* shows.c: the calls about one show. */
#include "fcgi/events/shows.h"
#include "common/response_database.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/app.h"
#include "fcgi/events/show_body.h"

/* The show that the path names, for whoever asks. */
static enum db_status find_show(struct request *request, struct show_record *ret_show)
{
    return shows_db_get(app_of(request)->pool, request_arena(request), request_param(request, "id"),
                        request_has_role(request, ROLE_ADMIN), ret_show);
}

enum problem shows_get(struct request *request, struct response *response)
{
    struct show_record show;
    json_t *body = NULL;
    enum db_status status = find_show(request, &show);
    if (status == DB_OK) {
        status = show_body_json(app_of(request), &show, &body);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    return answer_tagged(response, body);
}

static enum problem answer_updated(struct request *request, struct response *response,
                                   enum show_update update)
{
    CLEANUP(fault_list_free) struct fault_list *faults = NULL;
    struct show_record show;
    json_t *body = NULL;
    enum db_status status = DB_NONE;
    switch (update) {
    case SHOW_UPDATED:
        status = find_show(request, &show);
        break;
    case SHOW_MISSING:
        break;
    case SHOW_CLAIMED:
        return response_problem(response, PROBLEM_SHOW_HAS_CLAIMS,
                                "The seat map cannot change while seats of this show are held or sold.");
    case SHOW_NO_SEATMAP:
        faults = fault_list_new();
        fault_add(faults, "seatMapId", "is not the id of a seat map");
        return response_faults(response, faults);
    }
    if (status == DB_OK) {
        status = show_body_json(app_of(request), &show, &body);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    return response_json(response, 200, body);
}

enum problem shows_put(struct request *request, struct response *response)
{
    struct show_record show;
    enum db_status status = find_show(request, &show);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    struct show_values values;
    int64_t version = 0;
    enum problem problem = show_body_read(request, response, &show, &values, &version);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    enum show_update update = SHOW_MISSING;
    status = shows_db_update(app_of(request)->pool, show.id, &values, &update);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    return answer_updated(request, response, update);
}

enum problem shows_delete(struct request *request, struct response *response)
{
    enum db_status status = shows_db_delete(app_of(request)->pool, request_param(request, "id"));
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    return response_empty(response, 204);
}
