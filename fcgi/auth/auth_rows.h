/* auth_rows.h: how the statements of this responder name a user's columns, and how rows become structs. */
#ifndef TICKETING_AUTH_ROWS_H
#define TICKETING_AUTH_ROWS_H

#include "fcgi/auth/auth_db.h"

/* Of `auth.users u`; one more column may come behind these. */
#define AUTH_USER_COLUMNS                                                                                    \
    "u.id, u.email, u.full_name, array(SELECT r.role FROM auth.user_roles r WHERE r.user_id = u.id)"         \
    ", u.guest, u.email_verified_at IS NOT NULL"
enum auth_user_column {
    AUTH_USER_ID,
    AUTH_USER_EMAIL,
    AUTH_USER_FULL_NAME,
    AUTH_USER_ROLES,
    AUTH_USER_GUEST,
    AUTH_USER_EMAIL_VERIFIED,
    AUTH_USER_ONE_MORE, /* what the statement has put behind */
};

/* A condition on `auth.users u`: the account, not a guest, of an address in its one spelling, or of one that
 * was made before spellings were compared. Both are parameters; the index is users_email_key. */
#define AUTH_USER_HAS_EMAIL(canonical, folded)                                                               \
    " coalesce(u.email_key, lower(u.email COLLATE \"C\")) IN (" canonical "::text, " folded "::text)"        \
    " AND u.deleted_at IS NULL AND NOT u.guest"
/* Behind it, when one account is wanted: that of the one spelling first. */
#define AUTH_USER_BEST(canonical) " ORDER BY u.email_key = " canonical "::text DESC NULLS LAST LIMIT 1"

/* A condition on `auth.sessions s`. */
#define AUTH_SESSION_LIVES " AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()"

/* When a session ends that is used now: `seconds` is a parameter. 90 days after the login in any case. */
#define AUTH_SESSION_END(began, seconds)                                                                     \
    "least(clock_timestamp() + make_interval(secs => " seconds "::double precision), " began                 \
    " + interval '90 days')"

/* Copies the user of a row into the arena. */
void auth_rows_read(const struct db_result *result, size_t row, struct arena *arena,
                    struct auth_user *ret_user);
/* The user of the first row, with the password hash in the column behind. */
void auth_rows_read_with_hash(const struct db_result *result, struct arena *arena,
                              struct auth_user *ret_user);

#endif
