/* What an owner may do with a hold: see it, make it last, give it back. */
#include "holds.h"
#include "hold_json.h"

enum problem hold_database_problem(struct response *response, enum db_status status)
{
    if (status == DB_UNAVAILABLE || status == DB_RETRY) {
        return response_unavailable(response, 1);
    }
    return PROBLEM_INTERNAL;
}

static enum problem not_found_or(struct response *response, enum db_status status)
{
    return status == DB_NONE ? PROBLEM_HOLD_NOT_FOUND : hold_database_problem(response, status);
}

enum problem hold_list(struct request *request, struct response *response)
{
    const struct holds *holds = request_context(request);
    struct hold *list = NULL;
    size_t count = 0;
    enum db_status status =
        holds_db_list(holds->pool, request_arena(request), request_user(request)->user_id, &list, &count);
    if (status != DB_OK) {
        return hold_database_problem(response, status);
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
        return not_found_or(response, status);
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
        return not_found_or(response, status);
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
        return not_found_or(release->response, status == DB_OK ? DB_NONE : status);
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
