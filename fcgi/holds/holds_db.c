/* holds_db.c: the statements of the holds responder, and what their columns are. */
#include "fcgi/holds/holds_db.h"
#include <stdio.h>
#include <string.h>

/* $1 show */
static const struct db_statement pin_statement = {
    .name = "hold_pin",
    .repeatable = true,
    .sql = "SELECT s.seatmap_id, s.seatmap_version, s.updated_at, s.currency, s.price_tiers FROM shows s "
           "JOIN events e ON e.id = s.event_id "
           "WHERE s.id = $1::uuid AND s.deleted_at IS NULL AND e.deleted_at IS NULL AND e.published",
};

enum { PIN_SEATMAP, PIN_VERSION, PIN_UPDATED_AT, PIN_CURRENCY, PIN_PRICE_TIERS };

/* $1 positions, $2 holds, $3 users, $4 shows, $5 seat maps, $6 their versions, $7 seats, $8 prices, $9
 * currencies, $10 moments of the shows: arrays of one length; $11 seconds, $12 seats a user may hold, $13 and
 * $14 seconds and times he may have a seat, $15 seconds he then leaves it; $16 positions, $17 holds, $18
 * users of what is given back. The function that has nothing to do is not called. */
static const struct db_statement hold_statement = {
    .name = "hold_seats",
    .sql = "SELECT request, outcome, expires_at_ms, taken FROM take_seats($1::int[], $2::uuid[], $3::uuid[], "
           "$4::uuid[], $5::text[], $6::int[], $7::text[], $11::int, $12::int, $8::text[], $9::text[], "
           "$10::timestamptz[], $13::int, $15::int, $14::int) WHERE cardinality($1) > 0 "
           "UNION ALL SELECT request, outcome, NULL, NULL FROM release_holds($16::int[], $17::uuid[], "
           "$18::uuid[]) WHERE cardinality($16) > 0",
};
enum { HELD_REQUEST, HELD_OUTCOME, HELD_EXPIRES_AT_MS, HELD_TAKEN };

#define HOLD_COLUMNS                                                                                         \
    "id, show_id, seats, floor(extract(epoch FROM expires_at) * 1000)::bigint, prices, currency"
enum { HOLD_ID, HOLD_SHOW, HOLD_SEATS, HOLD_EXPIRES_AT_MS, HOLD_PRICES, HOLD_CURRENCY };

/* $1 user */
static const struct db_statement list_statement = {
    .name = "hold_list",
    .repeatable = true,
    .sql = "SELECT " HOLD_COLUMNS " FROM holds WHERE user_id = $1::uuid AND state = 'live' "
           "AND expires_at > clock_timestamp() ORDER BY created_at DESC, id DESC LIMIT 100",
};

/* $1 hold, $2 user */
static const struct db_statement read_statement = {
    .name = "hold_read",
    .repeatable = true,
    .sql = "SELECT " HOLD_COLUMNS " FROM holds WHERE id = $1::uuid AND user_id = $2::uuid AND state = 'live' "
           "AND expires_at > clock_timestamp()",
};

/* $1 hold, $2 user */
static const struct db_statement release_statement = {
    .name = "hold_release",
    .sql = "SELECT release_hold($1::uuid, $2::uuid)",
};

/* $1 hold, $2 user, $3 seconds from now, $4 seconds from its start at the most */
static const struct db_statement extend_statement = {
    .name = "hold_extend",
    .sql = "SELECT e.outcome, e.show_id, e.seats, e.expires_at_ms, h.prices, h.currency "
           "FROM extend_hold($1::uuid, $2::uuid, $3::int, $4::int) e "
           "LEFT JOIN holds h ON h.id = $1::uuid AND h.show_id = e.show_id",
};

enum { EXTEND_OUTCOME, EXTEND_SHOW, EXTEND_SEATS, EXTEND_EXPIRES_AT_MS, EXTEND_PRICES, EXTEND_CURRENCY };

static const char *const outcome_names[] = {
    [HOLD_GRANTED] = "granted",
    [HOLD_SEATS_UNAVAILABLE] = "seats_unavailable",
    [HOLD_SHOW_NOT_FOUND] = "show_not_found",
    [HOLD_SALES_CLOSED] = "sales_closed",
    [HOLD_SHOW_CHANGED] = "show_changed",
    [HOLD_COOLDOWN] = "hold_cooldown",
    [HOLD_LIMIT_REACHED] = "hold_limit",
    [HOLD_AGAIN] = "again",
    [HOLD_RELEASED] = "released",
    [HOLD_NOT_FOUND] = "not_found",
    [HOLD_EXTENDED] = "extended",
    [HOLD_MAX_DURATION] = "max_duration",
};

bool hold_outcome_from_name(const char *name, enum hold_outcome *ret_outcome)
{
    for (size_t i = 0; i < ARRAY_LENGTH(outcome_names); i++) {
        if (strcmp(outcome_names[i], name) == 0) {
            *ret_outcome = (enum hold_outcome)i;
            return true;
        }
    }
    return false;
}

enum db_status holds_db_pin(struct db_pool *pool, struct arena *arena, const char *show_id,
                            struct show_pin *ret_pin, const char **ret_price_tiers)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &pin_statement, 1, (const char *const[]){show_id}, &rows);
    if (status != DB_OK) {
        return status;
    }
    snprintf(ret_pin->show_id, sizeof(ret_pin->show_id), "%s", show_id);
    snprintf(ret_pin->seatmap_id, sizeof(ret_pin->seatmap_id), "%s", db_text(rows, 0, PIN_SEATMAP));
    snprintf(ret_pin->updated_at, sizeof(ret_pin->updated_at), "%s", db_text(rows, 0, PIN_UPDATED_AT));
    snprintf(ret_pin->currency, sizeof(ret_pin->currency), "%s", db_text(rows, 0, PIN_CURRENCY));
    ret_pin->seatmap_version = db_int(rows, 0, PIN_VERSION);
    *ret_price_tiers = db_copy(arena, rows, 0, PIN_PRICE_TIERS);
    return DB_OK;
}

/* The parameters of hold_statement: an array for each text of a request that takes seats, the limits, an
 * array for each text of a request that gives a hold back. */
enum {
    TEXT_POSITION,
    TEXT_HOLD,
    TEXT_USER,
    RELEASE_TEXTS, /* a release has these three */
    TEXT_SHOW = RELEASE_TEXTS,
    TEXT_SEATMAP,
    TEXT_SEATMAP_VERSION,
    TEXT_SEATS,
    TEXT_PRICES,
    TEXT_CURRENCY,
    TEXT_SHOW_MOMENT,
    HOLD_TEXTS,
};
enum { LIMITS = 5, HOLD_PARAMS = HOLD_TEXTS + LIMITS + RELEASE_TEXTS };

/* The texts of one request. */
static void hold_texts(struct arena *arena, const struct hold_request *request, size_t position,
                       const char *ret_texts[static HOLD_TEXTS])
{
    const struct hold *hold = request->hold;
    ret_texts[TEXT_POSITION] = db_number(arena, (int64_t)position);
    ret_texts[TEXT_HOLD] = hold->id;
    ret_texts[TEXT_USER] = request->user_id;
    if (!request->release) {
        bool priced = request->show_moment != NULL;
        ret_texts[TEXT_SHOW] = hold->show_id;
        ret_texts[TEXT_SEATMAP] = request->seatmap_id;
        ret_texts[TEXT_SEATMAP_VERSION] = db_number(arena, request->seatmap_version);
        ret_texts[TEXT_SEATS] = db_array(arena, hold->seats.count, hold->seats.items);
        ret_texts[TEXT_PRICES] = priced ? db_array(arena, hold->prices.count, hold->prices.items) : NULL;
        ret_texts[TEXT_CURRENCY] = priced ? hold->currency : NULL;
        ret_texts[TEXT_SHOW_MOMENT] = request->show_moment;
    }
}

/* Turns each column of those requests that are releases, or are not, into an array literal. */
static void array_params(struct arena *arena, struct hold_request *const requests[], size_t count,
                         bool releases, size_t width, const char *ret_params[])
{
    const char **columns[HOLD_TEXTS];
    for (size_t c = 0; c < width; c++) {
        columns[c] = arena_alloc(arena, count * sizeof(*columns[c]));
    }
    size_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        if (requests[i]->release == releases) {
            const char *texts[HOLD_TEXTS];
            hold_texts(arena, requests[i], i, texts);
            for (size_t c = 0; c < width; c++) {
                columns[c][taken] = texts[c];
            }
            taken++;
        }
    }
    for (size_t c = 0; c < width; c++) {
        ret_params[c] = db_array(arena, taken, columns[c]);
    }
}

static void hold_params(struct arena *arena, const struct hold_limits *limits,
                        struct hold_request *const requests[], size_t count,
                        const char *ret_params[static HOLD_PARAMS])
{
    array_params(arena, requests, count, false, HOLD_TEXTS, ret_params);
    const int64_t numbers[LIMITS] = {limits->ttl_seconds, limits->max_held_seats, limits->max_seconds,
                                     limits->max_takes, limits->cooldown_seconds};
    for (size_t i = 0; i < LIMITS; i++) {
        ret_params[HOLD_TEXTS + i] = db_number(arena, numbers[i]);
    }
    array_params(arena, requests, count, true, RELEASE_TEXTS, &ret_params[HOLD_TEXTS + LIMITS]);
}

static enum db_status read_outcomes(const struct db_result *rows, struct hold_request *const requests[],
                                    size_t count)
{
    if (db_rows(rows) != count) {
        return DB_FAILED;
    }
    for (size_t row = 0; row < count; row++) {
        size_t position = (size_t)db_int(rows, row, HELD_REQUEST);
        struct hold_result result = {.outcome = HOLD_GRANTED};
        if (position >= count || !hold_outcome_from_name(db_text(rows, row, HELD_OUTCOME), &result.outcome)) {
            return DB_FAILED;
        }
        struct hold_request *request = requests[position];
        const char *taken = db_text(rows, row, HELD_TAKEN);
        if (taken != NULL) {
            result.taken.items = db_array_items(request->arena, taken, &result.taken.count);
        }
        request->hold->expires_at_ms = db_int(rows, row, HELD_EXPIRES_AT_MS);
        request->result = result;
    }
    return DB_OK;
}

enum db_status holds_db_hold(struct db_pool *pool, const struct hold_limits *limits,
                             struct hold_request *const requests[], size_t count)
{
    struct arena *arena = requests[0]->arena;
    const char *params[HOLD_PARAMS];
    hold_params(arena, limits, requests, count, params);
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &hold_statement, HOLD_PARAMS, params, &rows);
    return status == DB_OK ? read_outcomes(rows, requests, count) : status;
}

struct hold_once {
    const struct hold_limits *limits;
    const struct idempotency *idempotency;
    struct hold_request *request;
    hold_render_fn *render;
    struct idempotency_answer *answer;
};

/* db_transaction_fn */
static enum db_status hold_once_step(struct db *db, void *context)
{
    struct hold_once *once = context;
    struct hold_request *request = once->request;
    enum db_status status = idempotency_begin(db, request->arena, once->idempotency, once->answer);
    if (status != DB_OK || once->answer->state != IDEMPOTENCY_NEW || request->seatmap_id == NULL) {
        return status;
    }
    const char *params[HOLD_PARAMS];
    hold_params(request->arena, once->limits, &request, 1, params);
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    status = db_query(db, &hold_statement, HOLD_PARAMS, params, &rows);
    if (status == DB_OK) {
        status = read_outcomes(rows, &request, 1);
    }
    if (status != DB_OK || request->result.outcome != HOLD_GRANTED) {
        return status;
    }
    return idempotency_store(db, once->idempotency, 201,
                             arena_printf(request->arena, "/api/holds/%s", request->hold->id),
                             once->render(request->arena, request->hold));
}

enum db_status holds_db_hold_once(struct db_pool *pool, const struct hold_limits *limits,
                                  const struct idempotency *idempotency, struct hold_request *request,
                                  hold_render_fn *render, struct idempotency_answer *ret_answer)
{
    struct hold_once once = {limits, idempotency, request, render, ret_answer};
    return db_transaction(pool, hold_once_step, &once);
}

static void read_prices(struct arena *arena, const struct db_result *rows, size_t row, size_t prices,
                        size_t currency, struct hold *hold)
{
    if (db_text(rows, row, prices) != NULL) {
        hold->prices.items = db_array_items(arena, db_text(rows, row, prices), &hold->prices.count);
        hold->currency = db_copy(arena, rows, row, currency);
    }
}

static struct hold read_hold(struct arena *arena, const struct db_result *rows, size_t row)
{
    struct hold hold = {
        .id = db_copy(arena, rows, row, HOLD_ID),
        .show_id = db_copy(arena, rows, row, HOLD_SHOW),
        .expires_at_ms = db_int(rows, row, HOLD_EXPIRES_AT_MS),
    };
    hold.seats.items = db_array_items(arena, db_text(rows, row, HOLD_SEATS), &hold.seats.count);
    read_prices(arena, rows, row, HOLD_PRICES, HOLD_CURRENCY, &hold);
    return hold;
}

enum db_status holds_db_list(struct db_pool *pool, struct arena *arena, const char *user_id,
                             struct hold **ret_holds, size_t *ret_count)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &list_statement, 1, (const char *const[]){user_id}, &rows);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(rows);
    struct hold *holds = arena_alloc(arena, (count + 1) * sizeof(*holds));
    for (size_t i = 0; i < count; i++) {
        holds[i] = read_hold(arena, rows, i);
    }
    *ret_holds = holds;
    *ret_count = count;
    return DB_OK;
}

enum db_status holds_db_read(struct db_pool *pool, struct arena *arena, const char *hold_id,
                             const char *user_id, struct hold *ret_hold)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status =
        db_run_row(pool, &read_statement, 2, (const char *const[]){hold_id, user_id}, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_hold = read_hold(arena, rows, 0);
    return DB_OK;
}

enum db_status holds_db_release(struct db_pool *pool, struct hold_request *request)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    const char *const params[] = {request->hold->id, request->user_id};
    enum db_status status = db_run(pool, &release_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        request->result.outcome = db_bool(rows, 0, 0) ? HOLD_RELEASED : HOLD_NOT_FOUND;
    }
    return status;
}

enum db_status holds_db_extend(struct db_pool *pool, struct arena *arena,
                               const struct hold_extension *extension, struct hold *ret_hold,
                               enum hold_outcome *ret_outcome)
{
    const char *params[] = {extension->hold_id, extension->user_id, db_number(arena, extension->ttl_seconds),
                            db_number(arena, extension->max_seconds)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &extend_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(rows) != 1 || !hold_outcome_from_name(db_text(rows, 0, EXTEND_OUTCOME), ret_outcome)) {
        return DB_FAILED;
    }
    if (*ret_outcome == HOLD_EXTENDED) {
        *ret_hold = (struct hold){
            .id = extension->hold_id,
            .show_id = arena_text(arena, db_text(rows, 0, EXTEND_SHOW)),
            .expires_at_ms = db_int(rows, 0, EXTEND_EXPIRES_AT_MS),
        };
        ret_hold->seats.items = db_array_items(arena, db_text(rows, 0, EXTEND_SEATS), &ret_hold->seats.count);
        read_prices(arena, rows, 0, EXTEND_PRICES, EXTEND_CURRENCY, ret_hold);
    }
    return DB_OK;
}
