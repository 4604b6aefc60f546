/* idempotency.c: a repeated POST gets the answer that was stored with the first one's work. */
#include "common/idempotency.h"

#include "common/identifier.h"
#include <string.h>

/* The lock lasts as long as the transaction. A statement of its own, because under READ COMMITTED the next
 * statement then sees what the transaction that held the lock before has stored. */
static const struct db_statement lock_key = {
    .name = "idempotency_lock",
    .sql = "SELECT pg_try_advisory_xact_lock(hashtextextended('idempotency:' || $1::uuid || ':' || $2, 0))",
};

/* FOR KEY SHARE makes this SELECT a write. So the COMMIT of a repetition waits for a synchronous standby, as
 * the COMMIT of the first request did, and a repeated answer is as safe as the first one. */
static const struct db_statement find_answer = {
    .name = "idempotency_find",
    .sql = "SELECT fingerprint, status, location, body FROM idempotency_keys"
           " WHERE user_id = $1::uuid AND key = $2 AND created_at > clock_timestamp() - interval '24 hours'"
           " FOR KEY SHARE",
};
enum { ANSWER_FINGERPRINT, ANSWER_STATUS, ANSWER_LOCATION, ANSWER_BODY };

/* Also removes some of the user's expired keys, so that the table does not grow for ever. */
static const struct db_statement store_answer = {
    .name = "idempotency_store",
    .sql = "WITH old AS (SELECT user_id, key FROM idempotency_keys WHERE user_id = $1::uuid AND key <> $2"
           " AND created_at <= clock_timestamp() - interval '24 hours' LIMIT 20 FOR UPDATE SKIP LOCKED),"
           " purged AS (DELETE FROM idempotency_keys k USING old WHERE k.user_id = old.user_id AND k.key = "
           "old.key)"
           " INSERT INTO idempotency_keys (user_id, key, fingerprint, status, location, body, created_at)"
           " VALUES ($1::uuid, $2, $3, $4::smallint, $5, $6, clock_timestamp())"
           " ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = "
           "excluded.status,"
           " location = excluded.location, body = excluded.body, created_at = excluded.created_at",
};

static bool key_is_valid(const char *key)
{
    const size_t length = strlen(key);
    if (length == 0 || length > IDEMPOTENCY_KEY_MAX) {
        return false;
    }
    for (; *key != '\0'; key++) {
        if (*key < '!' || *key > '~') {
            return false;
        }
    }
    return true;
}

/* The body in a form that spaces and the order of members do not change. */
static const char *body_text(struct request *request)
{
    struct arena *arena = request_arena(request);
    if (request_json(request) != NULL) {
        CLEANUP(free)
        char *text = json_dumps(request_json(request), JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        return arena_text(arena, text == NULL ? "" : text);
    }
    size_t length = 0;
    const char *raw = request_raw_body(request, &length);
    char *copy = arena_alloc(arena, length + 1);
    if (length > 0) {
        memcpy(copy, raw, length);
    }
    return copy;
}

enum problem idempotency_read(struct request *request, struct response *response,
                              struct idempotency *ret_idempotency)
{
    *ret_idempotency = (struct idempotency){0};
    const char *key = request_header(request, "Idempotency-Key");
    const struct token_claims *user = request_user(request);
    if (key == NULL || user == NULL) {
        return PROBLEM_NONE;
    }
    if (!key_is_valid(key)) {
        return response_problem(response, PROBLEM_INVALID_REQUEST,
                                "Idempotency-Key takes 1 to %d visible ASCII characters",
                                IDEMPOTENCY_KEY_MAX);
    }
    const char *work = arena_printf(request_arena(request), "%d %s\n%s", (int)request_method(request),
                                    request_path(request), body_text(request));
    sha256_hex(work, strlen(work), ret_idempotency->fingerprint);
    ret_idempotency->user_id = user->user_id;
    ret_idempotency->key = key;
    return PROBLEM_NONE;
}

enum db_status idempotency_begin(struct db *db, struct arena *arena, const struct idempotency *idempotency,
                                 struct idempotency_answer *ret_answer)
{
    *ret_answer = (struct idempotency_answer){.state = IDEMPOTENCY_NEW};
    if (idempotency->key == NULL) {
        return DB_OK;
    }
    const char *const params[] = {idempotency->user_id, idempotency->key};
    CLEANUP(db_result_free) struct db_result *lock = NULL;
    enum db_status status = db_query(db, &lock_key, ARRAY_LENGTH(params), params, &lock);
    if (status != DB_OK) {
        return status;
    }
    if (!db_bool(lock, 0, 0)) {
        ret_answer->state = IDEMPOTENCY_IN_FLIGHT;
        return DB_OK;
    }
    CLEANUP(db_result_free) struct db_result *found = NULL;
    status = db_query(db, &find_answer, ARRAY_LENGTH(params), params, &found);
    if (status != DB_OK || db_rows(found) == 0) {
        return status;
    }
    if (strcmp(db_text(found, 0, ANSWER_FINGERPRINT), idempotency->fingerprint) != 0) {
        ret_answer->state = IDEMPOTENCY_REUSED;
        return DB_OK;
    }
    const char *location = db_text(found, 0, ANSWER_LOCATION);
    const char *body = db_text(found, 0, ANSWER_BODY);
    ret_answer->state = IDEMPOTENCY_REPLAY;
    ret_answer->status = (int)db_int(found, 0, ANSWER_STATUS);
    ret_answer->location = location == NULL ? NULL : arena_text(arena, location);
    ret_answer->body = body == NULL ? NULL : arena_text(arena, body);
    return DB_OK;
}

enum db_status idempotency_store(struct db *db, const struct idempotency *idempotency, int status,
                                 const char *location, const char *body)
{
    if (idempotency->key == NULL) {
        return DB_OK;
    }
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *const params[] = {idempotency->user_id,     idempotency->key, idempotency->fingerprint,
                                  db_number(arena, status), location,         body};
    CLEANUP(db_result_free) struct db_result *stored = NULL;
    return db_query(db, &store_answer, ARRAY_LENGTH(params), params, &stored);
}

static enum problem replay(struct response *response, const struct idempotency_answer *answer)
{
    response_header(response, "Idempotent-Replayed", "true");
    if (answer->location != NULL) {
        response_header(response, "Location", answer->location);
    }
    if (answer->body == NULL) {
        return response_empty(response, answer->status);
    }
    const char *content_type = answer->status < 400 ? "application/json" : "application/problem+json";
    return response_bytes(response, answer->status, content_type, answer->body, strlen(answer->body));
}

enum problem idempotency_respond(struct response *response, const struct idempotency_answer *answer)
{
    switch (answer->state) {
    case IDEMPOTENCY_REPLAY:
        return replay(response, answer);
    case IDEMPOTENCY_IN_FLIGHT:
        return PROBLEM_IDEMPOTENCY_IN_FLIGHT;
    case IDEMPOTENCY_REUSED:
        return PROBLEM_IDEMPOTENCY_KEY_REUSED;
    case IDEMPOTENCY_NEW:
        break;
    }
    return PROBLEM_INTERNAL; /* a new request has no stored answer: the caller's mistake */
}
