/* reset_db.c: the statements about tokens for forgotten passwords. */
#include "fcgi/auth/reset_db.h"
#include "fcgi/auth/auth_rows.h"

/* $1 id, $2 and $3 spellings of the e-mail address */
static const struct db_statement request_statement = {
    .name = "reset_request",
    .sql = "INSERT INTO auth.password_resets (id, user_id) VALUES ($1::uuid, (SELECT u.id FROM auth.users u"
           " WHERE" AUTH_USER_HAS_EMAIL("$2", "$3") AUTH_USER_BEST("$2") "))",
};

/* Requests that get no mail: those for an address that no account has, and more than 5 for one account in an
 * hour. */
static const struct db_statement ignore_statement = {
    .name = "reset_ignore",
    .sql =
        "UPDATE auth.password_resets SET state = 'ignored' WHERE id IN ("
        " SELECT r.id FROM auth.password_resets r WHERE r.state = 'waiting' AND r.attempts = 0"
        " AND (r.user_id IS NULL OR (SELECT count(*) FROM auth.password_resets e WHERE e.user_id = r.user_id"
        "  AND e.state <> 'ignored' AND (e.requested_at, e.id) < (r.requested_at, r.id)"
        "  AND e.requested_at > r.requested_at - interval '1 hour') >= 5)"
        " FOR UPDATE SKIP LOCKED)",
};

/* $1 hash of the new token */
enum { CLAIM_ID, CLAIM_EMAIL };
static const struct db_statement claim_statement = {
    .name = "reset_claim",
    .sql = "UPDATE auth.password_resets r SET attempts = r.attempts + 1, token_hash = $1::text,"
           " expires_at = clock_timestamp() + interval '30 minutes',"
           " lease_until = clock_timestamp() + interval '60 seconds'"
           " FROM auth.users u WHERE u.id = r.user_id AND r.id = ("
           "  SELECT w.id FROM auth.password_resets w JOIN auth.users o ON o.id = w.user_id"
           "  WHERE w.state = 'waiting' AND o.deleted_at IS NULL AND w.next_attempt_at <= clock_timestamp()"
           "  AND (w.lease_until IS NULL OR w.lease_until <= clock_timestamp())"
           "  ORDER BY w.requested_at LIMIT 1 FOR UPDATE OF w SKIP LOCKED)"
           " RETURNING r.id, u.email",
};

/* $1 id */
static const struct db_statement sent_statement = {
    .name = "reset_sent",
    .repeatable = true,
    .sql = "UPDATE auth.password_resets SET state = 'sent', lease_until = NULL, last_error = NULL"
           " WHERE id = $1::uuid",
};

/* $1 id, $2 error, $3 give up. Like the checkout's retry_delay(): 5 s, doubled up to an hour, half of it by
 * chance. */
static const struct db_statement failed_statement = {
    .name = "reset_failed",
    .repeatable = true,
    .sql =
        "UPDATE auth.password_resets SET lease_until = NULL, last_error = left($2::text, 500),"
        " state = CASE WHEN $3::boolean OR requested_at < clock_timestamp() - interval '3 days' THEN 'parked'"
        "  ELSE 'waiting' END,"
        " next_attempt_at = clock_timestamp()"
        "  + make_interval(secs => least(5 * power(2, least(attempts, 20) - 1), 3600) * (0.5 + random() / 2))"
        " WHERE id = $1::uuid",
};

#define TOKEN_IS_VALID "token_hash = $1::text AND used_at IS NULL AND expires_at > clock_timestamp()"

enum { CHECK_EMAIL, CHECK_FULL_NAME };
static const struct db_statement check_statement = {
    .name = "reset_check",
    .repeatable = true,
    .sql = "SELECT u.email, u.full_name FROM auth.users u WHERE u.id ="
           " (SELECT user_id FROM auth.password_resets WHERE " TOKEN_IS_VALID ")",
};

/* $1 hash of the token */
enum { SPEND_USER };
static const struct db_statement spend_statement = {
    .name = "reset_spend",
    .sql = "UPDATE auth.password_resets SET used_at = clock_timestamp() WHERE " TOKEN_IS_VALID
           " RETURNING user_id",
};

/* $1 user, $2 hash of the password. The row of the user is changed first: a login that has checked the old
 * password waits for it. */
static const struct db_statement password_statement = {
    .name = "reset_password",
    .sql = "UPDATE auth.users SET password_hash = $2::text, updated_at = clock_timestamp(),"
           "  email_verified_at = coalesce(email_verified_at, clock_timestamp())"
           " WHERE id = $1::uuid AND deleted_at IS NULL RETURNING id",
};

/* $1 user. Requests whose mail has not been sent yet become void, too, and so do mails that prove the
 * address.
 */
static const struct db_statement void_statement = {
    .name = "reset_void",
    .sql = "WITH proofs AS (UPDATE auth.email_verifications SET used_at = clock_timestamp(),"
           "  state = CASE WHEN state = 'waiting' THEN 'ignored' ELSE state END"
           "  WHERE user_id = $1::uuid AND used_at IS NULL)"
           " UPDATE auth.password_resets SET used_at = clock_timestamp(),"
           " state = CASE WHEN state = 'waiting' THEN 'ignored' ELSE state END"
           " WHERE user_id = $1::uuid AND used_at IS NULL",
};

/* $1 user, $2 the address of ADMIN_EMAIL: a user who has read a mail that was sent there has proved the
 * address. */
static const struct db_statement admin_statement = {
    .name = "reset_admin",
    .sql =
        "WITH granted AS (INSERT INTO auth.user_roles (user_id, role) SELECT id, 'admin' FROM auth.users"
        "  WHERE id = $1::uuid AND NOT guest AND lower(email COLLATE \"C\") = lower($2::text COLLATE \"C\")"
        "  ON CONFLICT DO NOTHING RETURNING user_id)"
        " INSERT INTO public.audit_log (actor, action, subject, detail)"
        " SELECT user_id, 'user.roles', user_id::text, jsonb_build_object('granted', 'admin', 'by', "
        "'ADMIN_EMAIL')"
        " FROM granted",
};

/* $1 user */
static const struct db_statement sessions_statement = {
    .name = "reset_sessions",
    .sql = "UPDATE auth.sessions SET revoked_at = clock_timestamp()"
           " WHERE user_id = $1::uuid AND revoked_at IS NULL",
};

static const struct db_statement clean_statement = {
    .name = "reset_clean",
    .repeatable = true,
    .sql = "DELETE FROM auth.password_resets WHERE id IN (SELECT id FROM auth.password_resets"
           " WHERE requested_at < now() - interval '7 days' LIMIT 500 FOR UPDATE SKIP LOCKED)",
};

static enum db_status run(struct db_pool *pool, const struct db_statement *statement, size_t count,
                          const char *const params[])
{
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_run(pool, statement, count, params, &result);
}

enum db_status reset_db_request(struct db_pool *pool, struct arena *arena, const char *id, const char *email)
{
    const char *params[] = {id, auth_email_key(arena, email), auth_email_folded(arena, email)};
    return run(pool, &request_statement, ARRAY_LENGTH(params), params);
}

enum db_status reset_db_claim(struct db_pool *pool, struct arena *arena, const char *token_hash,
                              struct reset_mail *ret_mail)
{
    enum db_status status = run(pool, &ignore_statement, 0, NULL);
    if (status != DB_OK) {
        return status;
    }
    const char *params[] = {token_hash};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    status = db_run_row(pool, &claim_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_mail = (struct reset_mail){
            .id = arena_text(arena, db_text(rows, 0, CLAIM_ID)),
            .email = arena_text(arena, db_text(rows, 0, CLAIM_EMAIL)),
        };
    }
    return status;
}

enum db_status reset_db_sent(struct db_pool *pool, const char *id)
{
    const char *params[] = {id};
    return run(pool, &sent_statement, ARRAY_LENGTH(params), params);
}

enum db_status reset_db_failed(struct db_pool *pool, const char *id, const char *error, bool give_up)
{
    const char *params[] = {id, error, give_up ? "true" : "false"};
    return run(pool, &failed_statement, ARRAY_LENGTH(params), params);
}

enum db_status reset_db_check(struct db_pool *pool, struct arena *arena, const char *token_hash,
                              struct password_owner *ret_owner)
{
    const char *params[] = {token_hash};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    const enum db_status status = db_run_row(pool, &check_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_owner = (struct password_owner){
            .email = arena_text(arena, db_text(rows, 0, CHECK_EMAIL)),
            .full_name = arena_text(arena, db_text(rows, 0, CHECK_FULL_NAME)),
        };
    }
    return status;
}

struct apply_step {
    const char *token_hash;
    const char *password_hash;
    const char *admin_email;
};

static enum db_status apply_step(struct db *db, void *context)
{
    const struct apply_step *step = context;
    const char *token[] = {step->token_hash};
    CLEANUP(db_result_free) struct db_result *spent = NULL;
    enum db_status status = db_query_row(db, &spend_statement, ARRAY_LENGTH(token), token, &spent);
    if (status != DB_OK) {
        return status;
    }
    const char *params[] = {db_text(spent, 0, SPEND_USER), step->password_hash};
    CLEANUP(db_result_free) struct db_result *changed = NULL;
    status = db_query_row(db, &password_statement, ARRAY_LENGTH(params), params, &changed);
    if (status != DB_OK) {
        return status;
    }
    status = reset_db_void(db, params[0]);
    if (status == DB_OK) {
        status = reset_db_grant_admin(db, params[0], step->admin_email);
    }
    CLEANUP(db_result_free) struct db_result *ended = NULL;
    return status == DB_OK ? db_query(db, &sessions_statement, 1, params, &ended) : status;
}

enum db_status reset_db_grant_admin(struct db *db, const char *user_id, const char *admin_email)
{
    if (admin_email == NULL) {
        return DB_OK;
    }
    const char *params[] = {user_id, admin_email};
    CLEANUP(db_result_free) struct db_result *granted = NULL;
    return db_query(db, &admin_statement, ARRAY_LENGTH(params), params, &granted);
}

enum db_status reset_db_void(struct db *db, const char *user_id)
{
    const char *params[] = {user_id};
    CLEANUP(db_result_free) struct db_result *voided = NULL;
    return db_query(db, &void_statement, ARRAY_LENGTH(params), params, &voided);
}

enum db_status reset_db_apply(struct db_pool *pool, const char *token_hash, const char *password_hash,
                              const char *admin_email)
{
    struct apply_step step = {
        .token_hash = token_hash, .password_hash = password_hash, .admin_email = admin_email};
    return db_transaction(pool, apply_step, &step);
}

enum db_status reset_db_clean(struct db_pool *pool)
{
    return run(pool, &clean_statement, 0, NULL);
}
