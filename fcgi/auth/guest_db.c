/* guest_db.c: the SQL of guests and of the keys that open what they bought. */
#include "fcgi/auth/guest_db.h"
#include "fcgi/auth/auth_rows.h"

/* In place of a guest's password: no password hashes to it. */
#define NO_PASSWORD "$guest"

static const struct db_statement guest_add = {
    .name = "guest_add",
    .sql = "WITH added AS ("
           "  INSERT INTO auth.users (id, email, full_name, password_hash, email_key, guest)"
           "  VALUES ($1::uuid, $2::text, $3::text, '" NO_PASSWORD "', $4::text, true)"
           "  RETURNING id, email, full_name"
           "), granted AS ("
           "  INSERT INTO auth.user_roles (user_id, role) SELECT added.id, 'user' FROM added RETURNING role"
           ") SELECT id, email, full_name, array(SELECT role FROM granted), true, false FROM added",
};

enum db_status guest_db_add(struct db_pool *pool, struct arena *arena,
                            const struct auth_registration *registration, struct auth_user *ret_user)
{
    const char *params[] = {registration->id, registration->email, registration->full_name,
                            auth_email_key(arena, registration->email)};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_run_row(pool, &guest_add, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        auth_rows_read(result, 0, arena, ret_user);
        ret_user->password_hash = NO_PASSWORD;
    }
    return status;
}

/* Whoever began as this guest may not be the one who has the mailbox: sessions that have not shown it end, so
 * that they see nothing of what the owner of the mailbox does from now on. */
static const struct db_statement guest_open = {
    .name = "guest_open",
    .sql = "WITH opened AS ("
           "  UPDATE auth.users u SET email_verified_at = coalesce(u.email_verified_at, clock_timestamp())"
           "  FROM auth.guest_keys k WHERE k.key_hash = $1::text AND k.expires_at > clock_timestamp()"
           "  AND u.id = k.user_id AND u.guest AND u.deleted_at IS NULL RETURNING u.*"
           "), left_out AS ("
           "  UPDATE auth.sessions s SET revoked_at = clock_timestamp() FROM opened"
           "  WHERE s.user_id = opened.id AND NOT s.proved AND s.revoked_at IS NULL"
           ") SELECT " AUTH_USER_COLUMNS " FROM opened u",
};

enum db_status guest_db_open(struct db_pool *pool, struct arena *arena, const char *key_hash,
                             struct auth_user *ret_user)
{
    const char *params[] = {key_hash};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_run_row(pool, &guest_open, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        auth_rows_read(result, 0, arena, ret_user);
        ret_user->password_hash = NO_PASSWORD;
    }
    return status;
}

static const struct db_statement guest_password = {
    .name = "guest_password",
    .sql = "WITH made AS ("
           "  UPDATE auth.users SET guest = false, password_hash = $2::text, updated_at = clock_timestamp()"
           "  WHERE id = $1::uuid AND guest AND email_verified_at IS NOT NULL AND deleted_at IS NULL"
           "  AND EXISTS (SELECT FROM auth.sessions WHERE id = $3::uuid AND user_id = $1::uuid AND proved)"
           "  RETURNING id"
           "), ended AS ("
           "  DELETE FROM auth.guest_keys USING made WHERE user_id = made.id"
           "), left_out AS ("
           "  UPDATE auth.sessions s SET revoked_at = clock_timestamp() FROM made"
           "  WHERE s.user_id = made.id AND NOT s.proved AND s.revoked_at IS NULL"
           ") SELECT id FROM made",
};

enum db_status guest_db_password(struct db_pool *pool, const char *user_id, const char *session_id,
                                 const char *password_hash)
{
    const char *params[] = {user_id, password_hash, session_id};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_run_row(pool, &guest_password, ARRAY_LENGTH(params), params, &result);
}

static const struct db_statement keys_clean = {
    .name = "guest_keys_clean",
    .sql =
        "DELETE FROM auth.guest_keys WHERE key_hash IN ("
        "  SELECT key_hash FROM auth.guest_keys WHERE expires_at < now() LIMIT 500 FOR UPDATE SKIP LOCKED)",
    .repeatable = true,
};

/* The key of a mail waits for the guest's row (FOR SHARE in guest_key_add), so no guest goes who has one. */
static const struct db_statement guests_clean = {
    .name = "guests_clean",
    .sql = "DELETE FROM auth.users WHERE id IN ("
           "  SELECT u.id FROM auth.users u WHERE u.guest AND u.created_at < now() - interval '7 days'"
           "  AND NOT EXISTS (SELECT FROM auth.sessions s WHERE s.user_id = u.id)"
           "  AND NOT EXISTS (SELECT FROM auth.guest_keys k WHERE k.user_id = u.id)"
           "  LIMIT 500 FOR UPDATE OF u SKIP LOCKED)",
    .repeatable = true,
};

enum db_status guest_db_clean(struct db_pool *pool)
{
    CLEANUP(db_result_free) struct db_result *keys = NULL;
    const enum db_status status = db_run(pool, &keys_clean, 0, NULL, &keys);
    CLEANUP(db_result_free) struct db_result *guests = NULL;
    return status == DB_OK ? db_run(pool, &guests_clean, 0, NULL, &guests) : status;
}
