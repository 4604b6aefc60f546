/* verification_db.c: the statements about mails that prove an address. */
#include "fcgi/auth/verification_db.h"
#include "fcgi/auth/reset_db.h"

#include <string.h>

/* $1 id, $2 user */
static const struct db_statement ask_statement = {
    .name = "verification_ask",
    .sql = "SELECT wait FROM auth.verification_ask($1::uuid, $2::uuid) AS wait WHERE wait IS NOT NULL",
};

/* $1 user, $2 hash of the token */
static const struct db_statement token_statement = {
    .name = "verification_by_token",
    .sql = "SELECT CASE WHEN auth.verify_by_token($1::uuid, $2::text) THEN 'verified' ELSE 'over' END",
};

/* $1 user, $2 code */
static const struct db_statement code_statement = {
    .name = "verification_by_code",
    .sql = "SELECT auth.verify_by_code($1::uuid, $2::text)",
};

/* $1 session, $2 user */
static const struct db_statement session_statement = {
    .name = "verification_session",
    .sql = "UPDATE auth.sessions SET proved = true WHERE id = $1::uuid AND user_id = $2::uuid",
};

/* $1 hash of the token, $2 hash of the code */
enum { CLAIM_ID, CLAIM_EMAIL };
static const struct db_statement claim_statement = {
    .name = "verification_claim",
    .sql = "UPDATE auth.email_verifications v SET attempts = v.attempts + 1, token_hash = $1::text,"
           " expires_at = clock_timestamp() + interval '24 hours', code_hash = $2::text,"
           " code_expires_at = clock_timestamp() + interval '15 minutes', code_tries = 0,"
           " lease_until = clock_timestamp() + interval '60 seconds'"
           " FROM auth.users u WHERE u.id = v.user_id AND v.id = ("
           "  SELECT w.id FROM auth.email_verifications w JOIN auth.users o ON o.id = w.user_id"
           "  WHERE w.state = 'waiting' AND o.deleted_at IS NULL AND w.next_attempt_at <= clock_timestamp()"
           "  AND (w.lease_until IS NULL OR w.lease_until <= clock_timestamp())"
           "  ORDER BY w.requested_at LIMIT 1 FOR UPDATE OF w SKIP LOCKED)"
           " RETURNING v.id, u.email",
};

/* $1 id */
static const struct db_statement sent_statement = {
    .name = "verification_sent",
    .repeatable = true,
    .sql = "UPDATE auth.email_verifications SET state = 'sent', lease_until = NULL, last_error = NULL"
           " WHERE id = $1::uuid AND state = 'waiting'",
};

/* $1 id, $2 error, $3 give up. As for new passwords, but for a day: the page offers to send another. */
static const struct db_statement failed_statement = {
    .name = "verification_failed",
    .repeatable = true,
    .sql =
        "UPDATE auth.email_verifications SET lease_until = NULL, last_error = left($2::text, 500),"
        " state = CASE WHEN $3::boolean OR requested_at < clock_timestamp() - interval '1 day' THEN 'parked'"
        "  ELSE state END,"
        " next_attempt_at = clock_timestamp()"
        "  + make_interval(secs => least(5 * power(2, least(attempts, 20) - 1), 3600) * (0.5 + random() / 2))"
        " WHERE id = $1::uuid AND state = 'waiting'",
};

static const struct db_statement clean_statement = {
    .name = "verification_clean",
    .repeatable = true,
    .sql = "DELETE FROM auth.email_verifications WHERE id IN (SELECT id FROM auth.email_verifications"
           " WHERE requested_at < now() - interval '7 days' LIMIT 500 FOR UPDATE SKIP LOCKED)",
};

static enum db_status run(struct db_pool *pool, const struct db_statement *statement, size_t count,
                          const char *const params[])
{
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_run(pool, statement, count, params, &result);
}

enum db_status verification_db_ask(struct db_pool *pool, const char *id, const char *user_id,
                                   int64_t *ret_wait_seconds)
{
    enum { WAIT_SECONDS };
    const char *params[] = {id, user_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    const enum db_status status = db_run_row(pool, &ask_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_wait_seconds = db_int(rows, 0, WAIT_SECONDS);
    }
    return status;
}

static enum verification_outcome outcome_of(const char *name)
{
    static const struct {
        const char *name;
        enum verification_outcome outcome;
    } outcomes[] = {
        {"verified", VERIFICATION_DONE},
        {"wrong", VERIFICATION_WRONG},
        {"over", VERIFICATION_OVER},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(outcomes); i++) {
        if (strcmp(outcomes[i].name, name) == 0) {
            return outcomes[i].outcome;
        }
    }
    return VERIFICATION_OVER;
}

struct apply_step {
    const struct db_statement *statement;
    const char *user_id;
    const char *session_id;
    const char *shown; /* hash of a token, or a code */
    const char *admin_email;
    enum verification_outcome outcome;
};

static enum db_status apply_step(struct db *db, void *context)
{
    enum { OUTCOME };
    struct apply_step *step = context;
    const char *params[] = {step->user_id, step->shown};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    const enum db_status status = db_query_row(db, step->statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    step->outcome = outcome_of(db_text(rows, 0, OUTCOME));
    if (step->outcome != VERIFICATION_DONE) {
        return DB_OK;
    }
    const char *session[] = {step->session_id, step->user_id};
    CLEANUP(db_result_free) struct db_result *marked = NULL;
    const enum db_status proved = db_query(db, &session_statement, ARRAY_LENGTH(session), session, &marked);
    return proved == DB_OK ? reset_db_grant_admin(db, step->user_id, step->admin_email) : proved;
}

static enum db_status apply(struct db_pool *pool, struct apply_step *step,
                            enum verification_outcome *ret_outcome)
{
    const enum db_status status = db_transaction(pool, apply_step, step);
    if (status == DB_OK) {
        *ret_outcome = step->outcome;
    }
    return status;
}

enum db_status verification_db_by_token(struct db_pool *pool, const char *user_id, const char *session_id,
                                        const char *token_hash, const char *admin_email,
                                        enum verification_outcome *ret_outcome)
{
    struct apply_step step = {.statement = &token_statement,
                              .user_id = user_id,
                              .session_id = session_id,
                              .shown = token_hash,
                              .admin_email = admin_email};
    return apply(pool, &step, ret_outcome);
}

enum db_status verification_db_by_code(struct db_pool *pool, const char *user_id, const char *session_id,
                                       const char *code, enum verification_outcome *ret_outcome)
{
    struct apply_step step = {
        .statement = &code_statement, .user_id = user_id, .session_id = session_id, .shown = code};
    return apply(pool, &step, ret_outcome);
}

enum db_status verification_db_claim(struct db_pool *pool, struct arena *arena, const char *token_hash,
                                     const char *code_hash, struct verification_mail *ret_mail)
{
    const char *params[] = {token_hash, code_hash};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    const enum db_status status = db_run_row(pool, &claim_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_mail = (struct verification_mail){
            .id = arena_text(arena, db_text(rows, 0, CLAIM_ID)),
            .email = arena_text(arena, db_text(rows, 0, CLAIM_EMAIL)),
        };
    }
    return status;
}

enum db_status verification_db_sent(struct db_pool *pool, const char *id)
{
    const char *params[] = {id};
    return run(pool, &sent_statement, ARRAY_LENGTH(params), params);
}

enum db_status verification_db_failed(struct db_pool *pool, const char *id, const char *error, bool give_up)
{
    const char *params[] = {id, error, give_up ? "true" : "false"};
    return run(pool, &failed_statement, ARRAY_LENGTH(params), params);
}

enum db_status verification_db_clean(struct db_pool *pool)
{
    return run(pool, &clean_statement, 0, NULL);
}
