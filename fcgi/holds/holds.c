/* holds.c: what an owner may do with a hold: see it, make it last, give it back. */
#include "fcgi/holds/holds.h"
#include "common/response_database.h"
#include "fcgi/holds/hold_json.h"

enum problem hold_refuse(struct response *response, const struct config *config,
                         const struct hold_result *result)
{
    switch (result->outcome) {
    case HOLD_SEATS_UNAVAILABLE:
        response_problem_member(response, "seats", hold_seats_json(&result->taken));
        return PROBLEM_SEATS_UNAVAILABLE;
    case HOLD_SHOW_NOT_FOUND:
        return PROBLEM_SHOW_NOT_FOUND;
    case HOLD_SALES_CLOSED:
        return PROBLEM_SALES_CLOSED;
    case HOLD_LIMIT_REACHED:
        return response_problem(response, PROBLEM_HOLD_LIMIT,
                                "One person may hold at most %lld seats of a show.",
                                (long long)config->max_held_seats_per_user);
    case HOLD_COOLDOWN:
        return PROBLEM_HOLD_COOLDOWN;
    case HOLD_MAX_DURATION:
        return response_problem(response, PROBLEM_HOLD_MAX_DURATION, "A hold lasts at most %lld seconds.",
                                (long long)config->hold_max_seconds);
    case HOLD_NOT_FOUND:
        return PROBLEM_HOLD_NOT_FOUND;
    case HOLD_SHOW_CHANGED: /* twice within a moment */
        return response_unavailable(response, 1);
    case HOLD_AGAIN: /* decided by the queue, never answered */
    case HOLD_GRANTED:
    case HOLD_RELEASED:
    case HOLD_EXTENDED: /* these three are no refusals */
        break;
    }
    return PROBLEM_INTERNAL;
}

enum problem hold_list(struct request *request, struct response *response)
{
    const struct holds *holds = request_context(request);
    struct hold *list = NULL;
    size_t count = 0;
    enum db_status status =
        holds_db_list(holds->pool, request_arena(request), request_user(request)->user_id, &list, &count);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, hold_json(&list[i]));
    }
    return response_json(response, 200, json_pack("{s:o}", "holds", array));
}

enum problem hold_read(struct request *request, struct response *response)
{
    const struct holds *holds = request_context(request);
    struct hold hold;
    enum db_status status = holds_db_read(holds->pool, request_arena(request), request_param(request, "id"),
                                          request_user(request)->user_id, &hold);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_HOLD_NOT_FOUND);
    }
    return response_json(response, 200, hold_json(&hold));
}

enum problem hold_extend(struct request *request, struct response *response)
{
    const struct holds *holds = request_context(request);
    const struct hold_extension extension = {
        .hold_id = request_param(request, "id"),
        .user_id = request_user(request)->user_id,
        .ttl_seconds = holds->config->hold_ttl_seconds,
        .max_seconds = holds->config->hold_max_seconds,
    };
    struct hold hold = {0};
    enum hold_outcome outcome = HOLD_NOT_FOUND;
    enum db_status status = holds_db_extend(holds->pool, request_arena(request), &extension, &hold, &outcome);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return outcome == HOLD_EXTENDED
               ? response_json(response, 200, hold_json(&hold))
               : hold_refuse(response, holds->config, &(struct hold_result){.outcome = outcome});
}

/* A release that waits in the queue; in its request's arena. */
struct release {
    struct hold_job job; /* the first member: the queue hands it back */
    struct request *request;
    struct response *response;
    struct hold hold;
    struct hold_request wish; /* for `hold` */
};

static enum problem respond_released(const struct release *release, enum db_status status)
{
    if (status != DB_OK || release->wish.result.outcome != HOLD_RELEASED) {
        return response_database(release->response, status == DB_OK ? DB_NONE : status,
                                 PROBLEM_HOLD_NOT_FOUND);
    }
    metrics_add(request_metrics(release->request), METRIC_HOLDS_RELEASED, 1);
    return response_empty(release->response, 204);
}

static void release_done(struct hold_job *job, enum db_status status)
{
    struct release *release = (struct release *)job;
    response_resume(release->response, respond_released(release, status));
}

enum problem hold_release(struct request *request, struct response *response)
{
    const struct holds *holds = request_context(request);
    struct release *release = arena_alloc(request_arena(request), sizeof(*release));
    *release = (struct release){
        .job = {.request = &release->wish, .done = release_done},
        .request = request,
        .response = response,
        .hold = {.id = request_param(request, "id")},
        .wish = {.arena = request_arena(request),
                 .user_id = request_user(request)->user_id,
                 .release = true,
                 .hold = &release->hold},
    };
    hold_queue_submit(holds->queue, &release->job);
    return PROBLEM_LATER;
}
