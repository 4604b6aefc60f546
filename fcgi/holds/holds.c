/* What an owner may do with a hold: see it, make it last, give it back. */
#include "fcgi/holds/holds.h"
#include "common/response_database.h"
#include "fcgi/holds/hold_json.h"

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
    struct hold hold;
    bool extended = false;
    enum db_status status =
        holds_db_extend(holds->pool, request_arena(request), &extension, &hold, &extended);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_HOLD_NOT_FOUND);
    }
    if (!extended) {
        return response_problem(response, PROBLEM_HOLD_MAX_DURATION, "A hold lasts at most %lld seconds.",
                                (long long)holds->config->hold_max_seconds);
    }
    return response_json(response, 200, hold_json(&hold));
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
