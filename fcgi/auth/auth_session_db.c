/* auth_session_db.c: sessions and refresh tokens; the statements about users are in auth_user_db.c. */
#include "fcgi/auth/auth_rows.h"

static const struct db_statement user_of_session = {
    .name = "auth_user_of_session",
    .sql = "SELECT " AUTH_USER_COLUMNS ", u.password_hash"
           " FROM auth.sessions s JOIN auth.users u ON u.id = s.user_id"
           " WHERE s.id = $2::uuid AND s.user_id = $1::uuid AND u.deleted_at IS NULL" AUTH_SESSION_LIVES,
    .repeatable = true,
};

enum db_status auth_db_user_of_session(struct db_pool *pool, struct arena *arena, const char *user_id,
                                       const char *session_id, struct auth_user *ret_user)
{
    const char *params[] = {user_id, session_id};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_run_row(pool, &user_of_session, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        auth_rows_read_with_hash(result, arena, ret_user);
    }
    return status;
}

/* FOR SHARE waits for a password change under way, so that the change cannot miss this session when it ends
 * the others. */
static const struct db_statement session_start = {
    .name = "auth_session_start",
    .sql = "WITH owner AS ("
           "  SELECT id FROM auth.users"
           "  WHERE id = $2::uuid AND password_hash = $3::text AND deleted_at IS NULL FOR SHARE"
           "), started AS ("
           "  INSERT INTO auth.sessions (id, user_id, expires_at, proved)"
           "  SELECT $1::uuid, owner.id, " AUTH_SESSION_END(
               "clock_timestamp()",
               "$5") ", $7::boolean FROM owner RETURNING id"
                     ") INSERT INTO auth.refresh_tokens (token_hash, session_id, for_cookie)"
                     " SELECT $4::text, started.id, $6::boolean FROM started"
                     " RETURNING session_id",
};

enum db_status auth_db_session_start(struct db_pool *pool, struct arena *arena,
                                     const struct auth_session *session)
{
    const char *params[] = {session->id,
                            session->user_id,
                            session->password_hash,
                            session->token_hash,
                            db_number(arena, session->ttl_seconds),
                            session->for_cookie ? "true" : "false",
                            session->proved ? "true" : "false"};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_run(pool, &session_start, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    return db_rows(result) == 1 ? DB_OK : DB_NONE;
}

/* Calls with tokens of one session come one after the other. */
static const struct db_statement session_lock = {
    .name = "auth_session_lock",
    .sql = "SELECT s.id FROM auth.sessions s JOIN auth.refresh_tokens t ON t.session_id = s.id"
           " WHERE t.token_hash = $1::text FOR UPDATE OF s",
};

/* $2: seconds for which a spent token of a cookie is still taken. */
enum { SPENT_SESSION, SPENT_FIRST };
static const struct db_statement token_spend = {
    .name = "auth_token_spend",
    .sql =
        "UPDATE auth.refresh_tokens t SET spent_at = coalesce(t.spent_at, clock_timestamp())"
        " FROM auth.refresh_tokens before WHERE t.token_hash = $1::text AND before.token_hash = t.token_hash"
        " AND (t.spent_at IS NULL OR t.for_cookie"
        "  AND t.spent_at > clock_timestamp() - make_interval(secs => $2::bigint))"
        " RETURNING t.session_id, before.spent_at IS NULL",
};

/* The leeway may have given a session several tokens that are not spent. The first one that is used shows
 * which one its page has; whoever shows another one later is a second holder, for whom there is no leeway. */
static const struct db_statement others_end = {
    .name = "auth_token_others_end",
    .sql = "UPDATE auth.refresh_tokens SET spent_at = '-infinity'"
           " WHERE session_id = $1::uuid AND spent_at IS NULL",
};

static const struct db_statement session_renew = {
    .name = "auth_session_renew",
    .sql = "UPDATE auth.sessions s"
           " SET expires_at = " AUTH_SESSION_END(
               "s.created_at", "$2") " FROM auth.users u WHERE s.id = $1::uuid AND u.id = s.user_id"
                                     " AND u.deleted_at IS NULL" AUTH_SESSION_LIVES
                                     " RETURNING " AUTH_USER_COLUMNS,
};

static const struct db_statement token_add = {
    .name = "auth_token_add",
    .sql = "INSERT INTO auth.refresh_tokens (token_hash, session_id, for_cookie)"
           " VALUES ($1::text, $2::uuid, $3::boolean)",
};

enum { ENDED_SESSION };
static const struct db_statement session_end = {
    .name = "auth_session_end",
    .sql = "UPDATE auth.sessions s SET revoked_at = clock_timestamp() FROM auth.refresh_tokens t"
           " WHERE t.token_hash = $1::text AND s.id = t.session_id" AUTH_SESSION_LIVES " RETURNING s.id",
    .repeatable = true,
};

struct refresh_step {
    struct arena *arena;
    struct auth_refresh *refresh;
};

/* The token cannot be spent (again): unknown, or a spent one whose session ends now. */
static enum db_status refresh_refuse(struct db *db, const struct refresh_step *step)
{
    const char *params[] = {step->refresh->token_hash};
    CLEANUP(db_result_free) struct db_result *ended = NULL;
    const enum db_status status = db_query(db, &session_end, ARRAY_LENGTH(params), params, &ended);
    if (status == DB_OK && db_rows(ended) > 0) {
        step->refresh->session_id = arena_text(step->arena, db_text(ended, 0, ENDED_SESSION));
        step->refresh->outcome = AUTH_REFRESH_REUSED;
    }
    return status;
}

static enum db_status refresh_renew(struct db *db, const struct refresh_step *step)
{
    struct auth_refresh *refresh = step->refresh;
    const char *renewal[] = {refresh->session_id, db_number(step->arena, refresh->ttl_seconds)};
    CLEANUP(db_result_free) struct db_result *renewed = NULL;
    enum db_status status = db_query(db, &session_renew, ARRAY_LENGTH(renewal), renewal, &renewed);
    if (status != DB_OK || db_rows(renewed) == 0) {
        return status;
    }
    const char *token[] = {refresh->new_token_hash, refresh->session_id,
                           refresh->for_cookie ? "true" : "false"};
    CLEANUP(db_result_free) struct db_result *added = NULL;
    status = db_query(db, &token_add, ARRAY_LENGTH(token), token, &added);
    if (status == DB_OK) {
        auth_rows_read(renewed, 0, step->arena, &refresh->user);
        refresh->outcome = AUTH_REFRESH_DONE;
    }
    return status;
}

/* Spends the token. `ret_spent` has a row when it was there to be spent. */
static enum db_status refresh_spend(struct db *db, const struct refresh_step *step,
                                    struct db_result **ret_spent)
{
    const char *params[] = {step->refresh->token_hash, db_number(step->arena, step->refresh->leeway_seconds)};
    CLEANUP(db_result_free) struct db_result *locked = NULL;
    enum db_status status = db_query(db, &session_lock, 1, params, &locked);
    if (status == DB_OK) {
        status = db_query(db, &token_spend, ARRAY_LENGTH(params), params, ret_spent);
    }
    if (status != DB_OK || db_rows(*ret_spent) == 0 || !db_bool(*ret_spent, 0, SPENT_FIRST)) {
        return status;
    }
    const char *session[] = {db_text(*ret_spent, 0, SPENT_SESSION)};
    CLEANUP(db_result_free) struct db_result *others = NULL;
    return db_query(db, &others_end, ARRAY_LENGTH(session), session, &others);
}

static enum db_status refresh_step(struct db *db, void *context)
{
    const struct refresh_step *step = context;
    step->refresh->outcome = AUTH_REFRESH_REFUSED;
    step->refresh->session_id = NULL;
    CLEANUP(db_result_free) struct db_result *spent = NULL;
    const enum db_status status = refresh_spend(db, step, &spent);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(spent) == 0) {
        return refresh_refuse(db, step);
    }
    step->refresh->session_id = arena_text(step->arena, db_text(spent, 0, SPENT_SESSION));
    return refresh_renew(db, step);
}

enum db_status auth_db_session_refresh(struct db_pool *pool, struct arena *arena,
                                       struct auth_refresh *refresh)
{
    struct refresh_step step = {.arena = arena, .refresh = refresh};
    return db_transaction(pool, refresh_step, &step);
}

enum db_status auth_db_session_logout(struct db_pool *pool, const char *token_hash)
{
    const char *params[] = {token_hash};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_run(pool, &session_end, ARRAY_LENGTH(params), params, &result);
}

/* The refresh tokens of the sessions are deleted with them (ON DELETE CASCADE). now() and not
 * clock_timestamp(), so that the index on expires_at can be used. */
static const struct db_statement sessions_clean = {
    .name = "auth_sessions_clean",
    .sql = "DELETE FROM auth.sessions WHERE id IN ("
           "  SELECT id FROM auth.sessions WHERE expires_at < now() - interval '1 day'"
           "  LIMIT 500 FOR UPDATE SKIP LOCKED)",
    .repeatable = true,
};

enum db_status auth_db_sessions_clean(struct db_pool *pool)
{
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_run(pool, &sessions_clean, 0, NULL, &result);
}
