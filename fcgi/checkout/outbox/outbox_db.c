/* outbox_db.c: events and deliveries in the database. */
#include "fcgi/checkout/outbox/outbox_db.h"

enum { PER_ENDPOINT = 8, LEASE_SECONDS = 60 /* longer than any attempt takes */ };

/* $1 events at the most */
static const struct db_statement dispatch_statement = {
    .name = "outbox_dispatch",
    .sql = "SELECT dispatch_outbox($1::int)",
};

enum dispatch_column { DISPATCH_COUNT };

/* $1 deliveries at the most, $2 of one receiver, $3 seconds */
static const struct db_statement claim_statement = {
    .name = "outbox_claim",
    .sql = "SELECT delivery, attempt, kind <> 'webhook', url, secret, event_id, type, created_at, data, key, "
           "kind "
           "FROM claim_deliveries($1::int, $2::int, $3::int)",
};

enum claim_column {
    CLAIM_ID,
    CLAIM_ATTEMPT,
    CLAIM_IS_MAIL,
    CLAIM_URL,
    CLAIM_SECRET,
    CLAIM_EVENT,
    CLAIM_TYPE,
    CLAIM_CREATED_AT,
    CLAIM_DATA,
    CLAIM_KEY,
    CLAIM_KIND,
};

/* $1 delivery, $2 attempt, $3 outcome, $4 status, $5 error, $6 milliseconds */
static const struct db_statement finish_statement = {
    .name = "outbox_finish",
    .sql = "SELECT finish_delivery($1::bigint, $2::int, $3::text, nullif($4::int, 0), $5::text, $6::int)",
};

enum finish_column { FINISH_STATE };

/* $1 holders at the most */
static const struct db_statement queue_show_mails_statement = {
    .name = "outbox_queue_show_mails",
    .sql = "SELECT queue_show_mails($1::int)",
};

enum queue_column { QUEUE_MORE };

static const struct db_statement clean_statement = {
    .name = "outbox_clean",
    .repeatable = true,
    .sql = "WITH forgotten AS ("
           "UPDATE webhook_endpoints SET previous_secret = NULL, previous_secret_until = NULL "
           "WHERE previous_secret_until <= clock_timestamp()"
           ") SELECT clean_deliveries()",
};

static const struct db_statement lag_statement = {
    .name = "outbox_lag",
    .repeatable = true,
    .sql = "SELECT o.waiting + d.waiting, "
           "coalesce(extract(epoch FROM clock_timestamp() - least(o.oldest, d.oldest)), 0)::bigint "
           "FROM (SELECT count(*) AS waiting, min(created_at) AS oldest FROM outbox WHERE processed_at IS "
           "NULL) o "
           "CROSS JOIN (SELECT count(*) AS waiting, min(created_at) AS oldest FROM webhook_deliveries "
           "WHERE state = 'waiting') d",
};

enum lag_column { LAG_WAITING, LAG_SECONDS };

/* $1 event to start behind, NULL: none */
static const struct db_statement position_statement = {
    .name = "outbox_position",
    .repeatable = true,
    .sql = "SELECT position FROM outbox WHERE event_id = $1::uuid AND position IS NOT NULL",
};

enum position_column { POSITION };

/* $1 position, $2 rows */
static const struct db_statement log_statement = {
    .name = "outbox_log",
    .repeatable = true,
    .sql = "SELECT event_id, type, rfc3339(created_at), data FROM outbox WHERE position > $1::bigint "
           "ORDER BY position LIMIT $2::int",
};

enum log_column { LOG_EVENT, LOG_TYPE, LOG_CREATED_AT, LOG_DATA };

enum db_status outbox_db_dispatch(struct db_pool *pool, struct arena *arena, int batch,
                                  int64_t *ret_dispatched)
{
    const char *params[] = {db_number(arena, batch)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &dispatch_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_dispatched = db_int(rows, 0, DISPATCH_COUNT);
    }
    return status;
}

enum db_status outbox_db_queue_show_mails(struct db_pool *pool, struct arena *arena, int batch,
                                          bool *ret_more)
{
    const char *params[] = {db_number(arena, batch)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &queue_show_mails_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_more = db_bool(rows, 0, QUEUE_MORE);
    }
    return status;
}

enum db_status outbox_db_claim(struct db_pool *pool, struct arena *arena, int wanted,
                               struct delivery **ret_deliveries, size_t *ret_count)
{
    const char *params[] = {db_number(arena, wanted), db_number(arena, PER_ENDPOINT),
                            db_number(arena, LEASE_SECONDS)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &claim_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(rows);
    struct delivery *deliveries = arena_alloc(arena, (count + 1) * sizeof(*deliveries));
    for (size_t i = 0; i < count; i++) {
        deliveries[i] = (struct delivery){
            .id = db_copy(arena, rows, i, CLAIM_ID),
            .attempt = db_copy(arena, rows, i, CLAIM_ATTEMPT),
            .is_mail = db_bool(rows, i, CLAIM_IS_MAIL),
            .url = db_copy(arena, rows, i, CLAIM_URL),
            .secret = db_copy(arena, rows, i, CLAIM_SECRET),
            .event_id = db_copy(arena, rows, i, CLAIM_EVENT),
            .type = db_copy(arena, rows, i, CLAIM_TYPE),
            .created_at = db_copy(arena, rows, i, CLAIM_CREATED_AT),
            .data = db_copy(arena, rows, i, CLAIM_DATA),
            .key = db_copy(arena, rows, i, CLAIM_KEY),
            .kind = db_copy(arena, rows, i, CLAIM_KIND),
        };
    }
    *ret_deliveries = deliveries;
    *ret_count = count;
    return DB_OK;
}

enum db_status outbox_db_finish(struct db_pool *pool, struct arena *arena,
                                const struct delivery_result *result, const char **ret_state)
{
    const char *params[] = {
        result->delivery_id, result->attempt,
        result->outcome,     db_number(arena, result->status),
        result->error,       db_number(arena, result->duration_ms),
    };
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &finish_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_state = db_copy(arena, rows, 0, FINISH_STATE);
    }
    return status;
}

enum db_status outbox_db_clean(struct db_pool *pool)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run(pool, &clean_statement, 0, NULL, &rows);
}

enum db_status outbox_db_lag(struct db_pool *pool, struct outbox_lag *ret_lag)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &lag_statement, 0, NULL, &rows);
    if (status == DB_OK) {
        *ret_lag = (struct outbox_lag){.waiting = db_int(rows, 0, LAG_WAITING),
                                       .seconds = db_int(rows, 0, LAG_SECONDS)};
    }
    return status;
}

static enum db_status position_of(struct db_pool *pool, struct arena *arena, const char *event_id,
                                  const char **ret_position)
{
    const char *params[] = {event_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &position_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_position = db_copy(arena, rows, 0, POSITION);
    }
    return status;
}

enum db_status outbox_db_log(struct db_pool *pool, struct arena *arena, const char *after, int64_t limit,
                             struct outbox_event **ret_events, size_t *ret_count)
{
    const char *position = "0";
    enum db_status status = after != NULL ? position_of(pool, arena, after, &position) : DB_OK;
    if (status != DB_OK) {
        return status;
    }
    const char *params[] = {position, db_number(arena, limit + 1)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    status = db_run(pool, &log_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(rows);
    struct outbox_event *events = arena_alloc(arena, (count + 1) * sizeof(*events));
    for (size_t i = 0; i < count; i++) {
        events[i] = (struct outbox_event){
            .id = db_copy(arena, rows, i, LOG_EVENT),
            .type = db_copy(arena, rows, i, LOG_TYPE),
            .created_at = db_copy(arena, rows, i, LOG_CREATED_AT),
            .data = db_copy(arena, rows, i, LOG_DATA),
        };
    }
    *ret_events = events;
    *ret_count = count;
    return DB_OK;
}
