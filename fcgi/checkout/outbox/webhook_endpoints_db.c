/* webhook_endpoints_db.c: webhook endpoints in the database. */
#include "fcgi/checkout/outbox/webhook_endpoints_db.h"

/* $1 id, $2 url, $3 secret, $4 events, $5 who, $6 endpoints at the most */
static const struct db_statement add_statement = {
    .name = "webhook_endpoint_add",
    .sql =
        "WITH added AS ("
        "INSERT INTO webhook_endpoints (id, url, secret, events) SELECT $1::uuid, $2::text, $3::text, "
        "$4::text[] WHERE (SELECT count(*) FROM webhook_endpoints WHERE kind = 'webhook') < $6::int "
        "RETURNING id, created_at"
        "), audited AS ("
        "INSERT INTO audit_log (actor, action, subject, detail) SELECT $5::uuid, 'webhook_endpoint.create', "
        "added.id::text, jsonb_build_object('url', $2::text, 'events', to_jsonb($4::text[])) FROM added"
        ") SELECT rfc3339(created_at) FROM added",
};

/* $1 endpoint, NULL: all */
static const struct db_statement read_statement = {
    .name = "webhook_endpoint_read",
    .repeatable = true,
    .sql = "SELECT json_build_object('id', e.id, 'url', e.url, 'events', e.events, "
           "'status', CASE WHEN e.disabled_at IS NOT NULL THEN 'disabled' WHEN e.failures > 0 THEN 'failing' "
           "ELSE 'active' END, 'disabledReason', e.disabled_reason, "
           "'nextAttemptAt', CASE WHEN e.failures > 0 AND e.disabled_at IS NULL THEN rfc3339(e.paused_until) "
           "END, "
           "'createdAt', rfc3339(e.created_at), "
           "'previousSecretUntil', CASE WHEN e.previous_secret_until > clock_timestamp() "
           "THEN rfc3339(e.previous_secret_until) END, "
           "'waiting', (SELECT count(*) FROM webhook_deliveries w WHERE w.endpoint_id = e.id AND w.state = "
           "'waiting'), "
           "'lastDeliveries', coalesce((SELECT json_agg(l.delivery ORDER BY l.id DESC) FROM ("
           "SELECT a.id, json_build_object('eventId', o.event_id, 'type', o.type, 'state', d.state, "
           "'attempt', a.attempt, 'at', rfc3339(a.at), 'outcome', a.outcome, 'status', a.status, "
           "'error', a.error, 'durationMs', a.duration_ms) AS delivery "
           "FROM webhook_deliveries d JOIN webhook_attempts a ON a.delivery_id = d.id "
           "JOIN outbox o ON o.id = d.outbox_id WHERE d.endpoint_id = e.id ORDER BY a.id DESC LIMIT 20) l), "
           "'[]')) "
           "FROM webhook_endpoints e WHERE e.kind = 'webhook' AND ($1::uuid IS NULL OR e.id = $1::uuid) "
           "ORDER BY e.created_at, e.id",
};

/* $1 endpoint, $2 new secret, $3 seconds that the one before goes on signing, $4 who */
static const struct db_statement rotate_statement = {
    .name = "webhook_endpoint_rotate",
    .sql =
        "WITH rotated AS ("
        "UPDATE webhook_endpoints SET secret = $2::text, "
        "previous_secret = CASE WHEN $3::int > 0 THEN secret END, "
        "previous_secret_until = CASE WHEN $3::int > 0 THEN clock_timestamp() + make_interval(secs => "
        "$3::int) "
        "END WHERE id = $1::uuid AND kind = 'webhook' RETURNING id, rfc3339(previous_secret_until) AS until"
        "), audited AS ("
        "INSERT INTO audit_log (actor, action, subject, detail) "
        "SELECT $4::uuid, 'webhook_endpoint.rotate_secret', r.id::text, "
        "jsonb_build_object('previousSecretUntil', r.until) FROM rotated r"
        ") SELECT until FROM rotated",
};

/* $1 endpoint, $2 who */
static const struct db_statement enable_statement = {
    .name = "webhook_endpoint_enable",
    .sql = "WITH was AS ("
           "SELECT id, disabled_reason FROM webhook_endpoints WHERE id = $1::uuid AND kind = 'webhook' FOR "
           "UPDATE"
           "), changed AS ("
           "UPDATE webhook_endpoints e SET disabled_at = NULL, disabled_reason = NULL, failures = 0, "
           "paused_until = '-infinity' FROM was WHERE e.id = was.id "
           "AND (e.disabled_at IS NOT NULL OR e.failures > 0) RETURNING e.id, was.disabled_reason"
           "), audited AS ("
           "INSERT INTO audit_log (actor, action, subject, detail) "
           "SELECT $2::uuid, 'webhook_endpoint.enable', c.id::text, "
           "jsonb_build_object('disabledReason', c.disabled_reason) FROM changed c"
           ") SELECT id FROM was",
};

/* $1 endpoint, $2 who */
static const struct db_statement disable_statement = {
    .name = "webhook_endpoint_disable",
    .sql =
        "WITH was AS ("
        "SELECT id FROM webhook_endpoints WHERE id = $1::uuid AND kind = 'webhook' FOR UPDATE"
        "), changed AS ("
        "UPDATE webhook_endpoints e SET disabled_at = clock_timestamp(), "
        "disabled_reason = 'An admin disabled it.' FROM was WHERE e.id = was.id AND e.disabled_at IS NULL "
        "RETURNING e.id, e.disabled_at"
        "), parked AS ("
        "UPDATE webhook_deliveries d SET state = 'parked', finished_at = c.disabled_at, lease_until = NULL "
        "FROM changed c WHERE d.endpoint_id = c.id AND d.state = 'waiting'"
        "), audited AS ("
        "INSERT INTO audit_log (actor, action, subject) "
        "SELECT $2::uuid, 'webhook_endpoint.disable', c.id::text FROM changed c"
        ") SELECT id FROM was",
};

/* $1 endpoint, $2 who */
static const struct db_statement delete_statement = {
    .name = "webhook_endpoint_delete",
    .sql =
        "WITH gone AS ("
        "DELETE FROM webhook_endpoints WHERE id = $1::uuid AND kind = 'webhook' RETURNING id, url"
        "), audited AS ("
        "INSERT INTO audit_log (actor, action, subject, detail) SELECT $2::uuid, 'webhook_endpoint.delete', "
        "gone.id::text, jsonb_build_object('url', gone.url) FROM gone"
        ") SELECT id FROM gone",
};

/* $1 endpoint */
static const struct db_statement state_statement = {
    .name = "webhook_endpoint_state",
    .sql = "SELECT disabled_at IS NOT NULL FROM webhook_endpoints WHERE id = $1::uuid AND kind = 'webhook' "
           "FOR UPDATE",
};

/* $1 endpoint, $2 event, $3 who */
static const struct db_statement replay_statement = {
    .name = "webhook_endpoint_replay",
    .sql =
        "WITH audited AS ("
        "INSERT INTO audit_log (actor, action, subject, detail) VALUES ($3::uuid, 'webhook_endpoint.replay', "
        "$1::uuid::text, jsonb_build_object('after', $2::uuid))"
        ") SELECT replay_deliveries($1::uuid, $2::uuid)",
};

/* Each of the statements above gives one column. */
enum endpoint_column {
    ADD_CREATED_AT = 0,
    READ_JSON = 0,
    ROTATE_UNTIL = 0,
    STATE_DISABLED = 0,
    REPLAY_QUEUED = 0,
};

enum db_status webhook_endpoints_db_add(struct db_pool *pool, struct arena *arena,
                                        struct webhook_endpoint *endpoint)
{
    const char *params[] = {
        endpoint->id,         endpoint->url,
        endpoint->secret,     db_array(arena, endpoint->events.count, endpoint->events.items),
        endpoint->created_by, db_number(arena, WEBHOOK_ENDPOINTS_MAX),
    };
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &add_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        endpoint->created_at = arena_text(arena, db_text(rows, 0, ADD_CREATED_AT));
    }
    return status;
}

enum db_status webhook_endpoints_db_read(struct db_pool *pool, struct arena *arena, const char *id,
                                         const char ***ret_texts, size_t *ret_count)
{
    const char *params[] = {id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &read_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(rows);
    if (id != NULL && count == 0) {
        return DB_NONE;
    }
    const char **texts = arena_alloc(arena, (count + 1) * sizeof(*texts));
    for (size_t i = 0; i < count; i++) {
        texts[i] = arena_text(arena, db_text(rows, i, READ_JSON));
    }
    *ret_texts = texts;
    *ret_count = count;
    return DB_OK;
}

enum db_status webhook_endpoints_db_rotate(struct db_pool *pool, struct arena *arena,
                                           struct webhook_rotation *rotation)
{
    const char *params[] = {rotation->id, rotation->secret, db_number(arena, rotation->overlap_seconds),
                            rotation->actor};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &rotate_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        rotation->previous_until = db_copy(arena, rows, 0, ROTATE_UNTIL);
    }
    return status;
}

enum db_status webhook_endpoints_db_switch(struct db_pool *pool, const char *id, bool enable,
                                           const char *actor)
{
    const char *params[] = {id, actor};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run_row(pool, enable ? &enable_statement : &disable_statement, ARRAY_LENGTH(params), params,
                      &rows);
}

enum db_status webhook_endpoints_db_delete(struct db_pool *pool, const char *id, const char *actor)
{
    const char *params[] = {id, actor};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run_row(pool, &delete_statement, ARRAY_LENGTH(params), params, &rows);
}

struct replay_step {
    const char *id;
    const char *after;
    const char *actor;
    enum webhook_replay outcome;
    int64_t queued;
};

static enum db_status replay_step(struct db *db, void *context)
{
    struct replay_step *step = context;
    const char *params[] = {step->id, step->after, step->actor};
    CLEANUP(db_result_free) struct db_result *state = NULL;
    enum db_status status = db_query_row(db, &state_statement, 1, params, &state);
    if (status != DB_OK) {
        return status;
    }
    if (db_bool(state, 0, STATE_DISABLED)) {
        step->outcome = WEBHOOK_REPLAY_DISABLED;
        return DB_OK;
    }
    CLEANUP(db_result_free) struct db_result *queued = NULL;
    status = db_query(db, &replay_statement, ARRAY_LENGTH(params), params, &queued);
    if (status == DB_OK) {
        step->outcome =
            db_text(queued, 0, REPLAY_QUEUED) != NULL ? WEBHOOK_REPLAY_QUEUED : WEBHOOK_REPLAY_NO_EVENT;
        step->queued = db_int(queued, 0, REPLAY_QUEUED);
    }
    return status;
}

enum db_status webhook_endpoints_db_replay(struct db_pool *pool, const char *id, const char *after,
                                           const char *actor, enum webhook_replay *ret_outcome,
                                           int64_t *ret_queued)
{
    struct replay_step step = {.id = id, .after = after, .actor = actor};
    enum db_status status = db_transaction(pool, replay_step, &step);
    if (status == DB_OK) {
        *ret_outcome = step.outcome;
        *ret_queued = step.queued;
    }
    return status;
}
