/* event_shows.c: the shows of an event: listed and created. */
#include "common/identifier.h"
#include "common/response_database.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/app.h"
#include "fcgi/events/events_db.h"
#include "fcgi/events/show_body.h"
#include "fcgi/events/shows.h"

/* Is there such an event, for whoever asks? */
static enum db_status find_event(struct request *request)
{
    struct event_record event;
    return events_db_get(app_of(request)->pool, request_arena(request), request_param(request, "id"),
                         request_has_role(request, ROLE_ADMIN), &event);
}

enum problem show_list(struct request *request, struct response *response)
{
    const struct app *app = app_of(request);
    const char *event_id = request_param(request, "id");
    enum db_status status = find_event(request);
    struct show_list list = {0};
    if (status == DB_OK) {
        status = shows_db_list(app->pool, request_arena(request), event_id, &list);
    }
    json_auto_t *shows = json_array();
    for (size_t i = 0; status == DB_OK && i < list.count; i++) {
        json_t *show = NULL;
        status = show_body_json(app, &list.items[i], &show);
        if (status == DB_OK) {
            json_array_append_new(shows, show);
        }
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
    }
    return answer_tagged(response, json_pack("{s:s, s:O}", "eventId", event_id, "shows", shows));
}

enum problem show_create(struct request *request, struct response *response)
{
    const struct app *app = app_of(request);
    enum db_status status = find_event(request);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct show_values values;
    int64_t version = 0;
    enum problem problem = show_body_read(request, response, request_json(request), NULL, faults, &values, &version);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char id[UUID_SIZE];
    uuid_new(id);
    struct show_record show;
    status = shows_db_insert(app->pool, request_arena(request),
                             &(struct edit){.actor = request_user(request)->user_id, .id = id},
                             request_param(request, "id"), version,
                             &values, &show);
    json_t *body = NULL;
    if (status == DB_OK) {
        status = show_body_json(app, &show, &body);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_EVENT_NOT_FOUND);
    }
    return answer_created(request, response, "/shows/", id, body);
}
