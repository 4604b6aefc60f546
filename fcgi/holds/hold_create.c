/* hold_create.c: POST /holds. The seats are checked against the show's seat map here, all the rest is decided
 * by take_seats() in the database. */
#include "common/idempotency.h"
#include "common/response_database.h"
#include "fcgi/holds/hold_json.h"
#include "fcgi/holds/holds.h"
#include <stdlib.h>
#include <string.h>

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
    struct text_list wanted; /* seats as the request names them */
    struct idempotency idempotency;
    struct hold hold;
    struct hold_request request; /* for `hold` */
    struct idempotency_answer answer;
    bool fresh; /* the second try: nothing that was remembered of the show is believed */
};

/* Where each wanted seat stands in the map; adds a fault for each that the map lacks. `faults` may be NULL.
 * Returns how many it lacks. */
static size_t find_places(const struct attempt *attempt, const struct seatmap *map, struct fault_list *faults,
                          size_t ret_places[])
{
    size_t missing = 0;
    for (size_t i = 0; i < attempt->wanted.count; i++) {
        const char *seat = attempt->wanted.items[i];
        int64_t place = seatmap_find(map, seat);
        ret_places[i] = place < 0 ? 0 : (size_t)place;
        missing += place < 0;
        if (place < 0 && faults != NULL) {
            fault_add(faults, arena_printf(attempt->arena, "seats[%zu]", i), "This show has no seat %s.",
                      seat);
        }
    }
    return missing;
}

static int by_place(const void *a, const void *b)
{
    const size_t *left = a;
    const size_t *right = b;
    return (*left > *right) - (*left < *right);
}

/* Gives the hold its seats in the order of the map, and their prices. */
static void fill_hold(struct attempt *attempt, const struct seatmap *map, const struct show_pin *pin,
                      size_t places[])
{
    size_t count = attempt->wanted.count;
    struct arena *arena = attempt->arena;
    const char **seats = arena_alloc(arena, count * sizeof(*seats));
    const char **prices = arena_alloc(arena, count * sizeof(*prices));
    qsort(places, count, sizeof(*places), by_place);
    for (size_t i = 0; i < count; i++) {
        const struct seat *seat = seatmap_seat(map, places[i]);
        seats[i] = arena_text(arena, seat->id);
        prices[i] = db_number(arena, pin->zone_prices[seat->zone_index]);
    }
    attempt->hold.seats = (struct text_list){.count = count, .items = seats};
    attempt->hold.prices = (struct text_list){.count = count, .items = prices};
    attempt->hold.currency = arena_text(arena, pin->currency);
    attempt->request.seatmap_id = arena_text(arena, pin->seatmap_id);
    attempt->request.seatmap_version = pin->seatmap_version;
    attempt->request.show_moment = arena_text(arena, pin->updated_at);
}

/* Looks the wanted seats up in the map of `pin`; the hold is filled when none is missing. */
static enum db_status find_seats(struct attempt *attempt, const struct show_pin *pin,
                                 struct fault_list *faults, size_t *ret_missing)
{
    struct seatmap_cache *maps = attempt->holds->maps;
    const struct seatmap *map = NULL;
    enum db_status status = seatmap_cache_get(maps, pin->seatmap_id, pin->seatmap_version, &map);
    if (status != DB_OK) {
        return status == DB_NONE ? DB_FAILED : status; /* a foreign key makes sure that it exists */
    }
    size_t *places = arena_alloc(attempt->arena, (attempt->wanted.count + 1) * sizeof(*places));
    *ret_missing = find_places(attempt, map, faults, places);
    if (*ret_missing == 0) {
        fill_hold(attempt, map, pin, places);
    }
    seatmap_cache_release(maps, map);
    return DB_OK;
}

/* Reads the show from the database and remembers it. DB_NONE: no such show. */
static enum db_status load_pin(const struct attempt *attempt, struct show_pin *ret_pin)
{
    struct holds *holds = attempt->holds;
    const char *price_tiers = NULL;
    enum db_status status =
        holds_db_pin(holds->pool, attempt->arena, attempt->hold.show_id, ret_pin, &price_tiers);
    if (status != DB_OK) {
        return status;
    }
    const struct seatmap *map = NULL;
    status = seatmap_cache_get(holds->maps, ret_pin->seatmap_id, ret_pin->seatmap_version, &map);
    if (status != DB_OK) {
        return status == DB_NONE ? DB_FAILED : status;
    }
    json_auto_t *tiers = price_tiers == NULL ? NULL : json_loads(price_tiers, 0, NULL);
    for (size_t zone = 0; zone < seatmap_zone_count(map); zone++) {
        ret_pin->zone_prices[zone] = seatmap_price(map, tiers, zone);
    }
    seatmap_cache_release(holds->maps, map);
    show_pins_remember(holds->pins, ret_pin);
    return DB_OK;
}

/* Checks and prices the seats. What is remembered of the show may be out of date, so only a fresh reading is
 * believed when it lacks a seat. DB_NONE: no such show. */
static enum db_status check_seats(struct attempt *attempt, struct fault_list *faults)
{
    struct show_pin pin = {0};
    size_t missing = 0;
    if (!attempt->fresh && show_pins_find(attempt->holds->pins, attempt->hold.show_id, &pin)) {
        enum db_status status = find_seats(attempt, &pin, NULL, &missing);
        if (status != DB_OK || missing == 0) {
            return status;
        }
    }
    enum db_status status = load_pin(attempt, &pin);
    return status == DB_OK ? find_seats(attempt, &pin, faults, &missing) : status;
}

/* Puts the taken seats in the order in which the request names them. */
static void order_taken(const struct attempt *attempt, struct text_list *taken)
{
    const char **seats = arena_alloc(attempt->arena, (taken->count + 1) * sizeof(*seats));
    size_t count = 0;
    for (size_t i = 0; i < attempt->wanted.count; i++) {
        for (size_t j = 0; j < taken->count; j++) {
            if (strcmp(attempt->wanted.items[i], taken->items[j]) == 0) {
                seats[count++] = taken->items[j];
            }
        }
    }
    *taken = (struct text_list){.count = count, .items = seats};
}

static enum problem respond_outcome(struct attempt *attempt)
{
    struct metrics *metrics = request_metrics(attempt->asked);
    struct response *response = attempt->response;
    if (attempt->request.result.outcome != HOLD_GRANTED) {
        metrics_add(metrics, METRIC_HOLDS_REFUSED, 1);
        order_taken(attempt, &attempt->request.result.taken);
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

/* What was answered the first time. The release before stored refusals too: such a one becomes a problem of
 * this request. */
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

/* The show was changed since it was remembered: it is worth a second try, with a fresh reading of it. */
static bool must_try_again(const struct attempt *attempt)
{
    return !attempt->fresh && attempt->request.result.outcome == HOLD_SHOW_CHANGED;
}

/* One try under an Idempotency-Key. Even a request that fails its checks asks whether the key has an answer:
 * that answer counts. */
static enum problem try_once(struct attempt *attempt)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    enum db_status checked = check_seats(attempt, faults);
    bool fits = checked == DB_OK && fault_count(faults) == 0;
    if (!fits) {
        attempt->request.seatmap_id = NULL;
    }
    enum db_status status =
        holds_db_hold_once(attempt->holds->pool, &attempt->holds->limits, &attempt->idempotency,
                           &attempt->request, hold_json_text, &attempt->answer);
    if (status != DB_OK) {
        return response_database(attempt->response, status, PROBLEM_INTERNAL);
    }
    if (attempt->answer.state != IDEMPOTENCY_NEW) {
        return respond_stored(attempt);
    }
    if (!fits) {
        return respond_unfit(attempt->response, checked, faults);
    }
    return must_try_again(attempt) ? PROBLEM_LATER : respond_outcome(attempt);
}

static enum problem hold_under_key(struct attempt *attempt)
{
    enum problem problem = try_once(attempt);
    if (problem == PROBLEM_LATER) {
        attempt->fresh = true;
        problem = try_once(attempt);
    }
    return problem;
}

/* Checks the seats and leaves the attempt to the queue. After PROBLEM_LATER the attempt may be gone. */
static enum problem hold_in_queue(struct attempt *attempt)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    enum db_status checked = check_seats(attempt, faults);
    if (checked != DB_OK || fault_count(faults) > 0) {
        return respond_unfit(attempt->response, checked, faults);
    }
    hold_queue_submit(attempt->holds->queue, &attempt->job);
    return PROBLEM_LATER;
}

static enum problem finish(struct attempt *attempt, enum db_status status)
{
    if (status != DB_OK) {
        return response_database(attempt->response, status, PROBLEM_INTERNAL);
    }
    if (!must_try_again(attempt)) {
        return respond_outcome(attempt);
    }
    attempt->fresh = true;
    return hold_in_queue(attempt);
}

static void attempt_done(struct hold_job *job, enum db_status status)
{
    struct attempt *attempt = (struct attempt *)job;
    struct response *response = attempt->response;
    enum problem problem = finish(attempt, status);
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
        .wanted = body->seats,
        .hold = {.id = hold_id, .show_id = body->show_id},
        .request = {.arena = arena, .user_id = request_user(request)->user_id, .hold = &attempt->hold},
        .answer = {.state = IDEMPOTENCY_NEW},
    };
    enum problem problem = idempotency_read(request, response, &attempt->idempotency);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    return attempt->idempotency.key != NULL ? hold_under_key(attempt) : hold_in_queue(attempt);
}
