/* POST /holds: the seats are checked against the show's seat map here, all the rest is decided by
 * hold_seats() in the database. */
#include "common/idempotency.h"
#include "common/response_database.h"
#include "fcgi/holds/hold_json.h"
#include "fcgi/holds/holds.h"

struct hold_body {
    const char *show_id;
    struct text_list seats;
};

/* MAX_SEATS_PER_HOLD may be smaller than what is declared here: the handler checks that. */
static const struct field hold_fields[] = {
    {.name = "showId", .type = FIELD_UUID, .required = true, .offset = offsetof(struct hold_body, show_id)},
    {.name = "seats",
     .type = FIELD_TEXT_LIST,
     .required = true,
     .min = 1,
     .max = 100,
     .offset = offsetof(struct hold_body, seats)},
};
const struct field_spec hold_create_body = FIELD_SPEC(struct hold_body, hold_fields);

/* One request on its way; in its own arena. */
struct attempt {
    struct hold_job job; /* the first member: the queue hands it back */
    struct request *asked;
    struct response *response;
    struct holds *holds;
    struct arena *arena;
    struct idempotency idempotency;
    struct hold hold;
    struct hold_request request; /* for `hold` */
    struct idempotency_answer answer;
    bool use_remembered; /* of the show: its seat map as it was some time ago */
};

/* Looks every seat up in the map of `pin`; `*ret_missing` is how many it lacks. `faults` may be NULL. */
static enum db_status find_seats(struct attempt *attempt, const struct show_pin *pin,
                                 struct fault_list *faults, size_t *ret_missing)
{
    const struct seatmap *map = NULL;
    enum db_status status =
        seatmap_cache_get(attempt->holds->maps, pin->seatmap_id, pin->seatmap_version, &map);
    if (status != DB_OK) {
        return status == DB_NONE ? DB_FAILED : status; /* a foreign key makes sure that it exists */
    }
    *ret_missing = 0;
    const struct text_list *seats = &attempt->hold.seats;
    for (size_t i = 0; i < seats->count; i++) {
        if (seatmap_find(map, seats->items[i]) >= 0) {
            continue;
        }
        *ret_missing += 1;
        if (faults != NULL) {
            fault_add(faults, arena_printf(attempt->arena, "seats[%zu]", i), "This show has no seat %s.",
                      seats->items[i]);
        }
    }
    seatmap_cache_release(attempt->holds->maps, map);
    attempt->request.seatmap_id = arena_text(attempt->arena, pin->seatmap_id);
    attempt->request.seatmap_version = pin->seatmap_version;
    return DB_OK;
}

/* Checks the seats. A remembered pin may be out of date, so only a fresh one is believed when it lacks a
 * seat. DB_NONE: no such show. */
static enum db_status check_seats(struct attempt *attempt, struct fault_list *faults)
{
    struct show_pins *pins = attempt->holds->pins;
    struct show_pin pin = {0};
    size_t missing = 0;
    if (attempt->use_remembered && show_pins_find(pins, attempt->hold.show_id, &pin)) {
        enum db_status status = find_seats(attempt, &pin, NULL, &missing);
        if (status != DB_OK || missing == 0) {
            return status;
        }
    }
    enum db_status status = holds_db_pin(attempt->holds->pool, attempt->hold.show_id, &pin);
    if (status != DB_OK) {
        return status;
    }
    show_pins_remember(pins, &pin);
    return find_seats(attempt, &pin, faults, &missing);
}

static enum problem respond_outcome(const struct attempt *attempt)
{
    struct metrics *metrics = request_metrics(attempt->asked);
    struct response *response = attempt->response;
    if (attempt->request.result.outcome != HOLD_GRANTED) {
        metrics_add(metrics, METRIC_HOLDS_REFUSED, 1);
        return hold_refuse(response, attempt->holds->config, &attempt->request.result);
    }
    metrics_add(metrics, METRIC_HOLDS_GRANTED, 1);
    response_header(response, "Location", arena_printf(attempt->arena, "/api/holds/%s", attempt->hold.id));
    return response_json(response, 201, hold_json(&attempt->hold));
}

/* For a request that fails its checks. */
static enum problem respond_unfit(struct response *response, enum db_status checked,
                                  const struct fault_list *faults)
{
    if (checked == DB_NONE) {
        return PROBLEM_SHOW_NOT_FOUND;
    }
    return checked == DB_OK ? response_faults(response, faults)
                            : response_database(response, checked, PROBLEM_INTERNAL);
}

/* What was answered the first time: a hold as it was, a refusal as a problem of this request. */
static enum problem respond_stored(const struct attempt *attempt)
{
    const struct idempotency_answer *answer = &attempt->answer;
    struct hold_result refusal;
    if (answer->state != IDEMPOTENCY_REPLAY || answer->status < 400 ||
        !hold_stored_refusal(attempt->arena, answer->body, &refusal)) {
        return idempotency_respond(attempt->response, answer);
    }
    response_header(attempt->response, "Idempotent-Replayed", "true");
    return hold_refuse(attempt->response, attempt->holds->config, &refusal);
}

/* Has the show got another seat map since it was remembered? Then once more, with the new one. */
static bool must_try_again(struct attempt *attempt)
{
    bool again = attempt->use_remembered && attempt->request.result.outcome == HOLD_SHOW_CHANGED;
    attempt->use_remembered = !again && attempt->use_remembered;
    return again;
}

static enum problem try_hold(struct attempt *attempt);

/* Under an Idempotency-Key even a request that fails its checks asks whether the key has an answer: that one
 * counts. */
static enum problem hold_once(struct attempt *attempt, enum db_status checked,
                              const struct fault_list *faults)
{
    bool fits = checked == DB_OK && fault_count(faults) == 0;
    if (!fits) {
        attempt->request.seatmap_id = NULL;
    }
    enum db_status status = holds_db_hold_once(attempt->holds->pool, &attempt->holds->limits,
                                               &attempt->idempotency, &attempt->request, &attempt->answer);
    if (status != DB_OK) {
        return response_database(attempt->response, status, PROBLEM_INTERNAL);
    }
    if (attempt->answer.state != IDEMPOTENCY_NEW) {
        return respond_stored(attempt);
    }
    if (!fits) {
        return respond_unfit(attempt->response, checked, faults);
    }
    return must_try_again(attempt) ? try_hold(attempt) : respond_outcome(attempt);
}

/* After PROBLEM_LATER the attempt may be gone. */
static enum problem try_hold(struct attempt *attempt)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    enum db_status checked = check_seats(attempt, faults);
    if (attempt->idempotency.key != NULL) {
        return hold_once(attempt, checked, faults);
    }
    if (checked != DB_OK || fault_count(faults) > 0) {
        return respond_unfit(attempt->response, checked, faults);
    }
    hold_queue_submit(attempt->holds->queue, &attempt->job);
    return PROBLEM_LATER;
}

static void attempt_done(struct hold_job *job, enum db_status status)
{
    struct attempt *attempt = (struct attempt *)job;
    struct response *response = attempt->response;
    enum problem problem = status != DB_OK           ? response_database(response, status, PROBLEM_INTERNAL)
                           : must_try_again(attempt) ? try_hold(attempt)
                                                     : respond_outcome(attempt);
    if (problem != PROBLEM_LATER) {
        response_resume(response, problem);
    }
}

static enum problem refuse_many(struct response *response, long long most)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    fault_add(faults, "seats", "A hold has at most %lld seats.", most);
    return response_faults(response, faults);
}

enum problem hold_create(struct request *request, struct response *response)
{
    struct holds *holds = request_context(request);
    const struct hold_body *body = request_body(request);
    struct arena *arena = request_arena(request);
    if ((int64_t)body->seats.count > holds->config->max_seats_per_hold) {
        return refuse_many(response, (long long)holds->config->max_seats_per_hold);
    }
    char *hold_id = arena_alloc(arena, UUID_SIZE);
    uuid_new(hold_id);
    struct attempt *attempt = arena_alloc(arena, sizeof(*attempt));
    *attempt = (struct attempt){
        .job = {.request = &attempt->request, .done = attempt_done},
        .asked = request,
        .response = response,
        .holds = holds,
        .arena = arena,
        .hold = {.id = hold_id, .show_id = body->show_id, .seats = body->seats},
        .request = {.arena = arena, .user_id = request_user(request)->user_id, .hold = &attempt->hold},
        .answer = {.state = IDEMPOTENCY_NEW},
        .use_remembered = true,
    };
    enum problem problem = idempotency_read(request, response, &attempt->idempotency);
    return problem == PROBLEM_NONE ? try_hold(attempt) : problem;
}
