/* reset_db.h: requests for new passwords in the database. Texts live in the arena given. */
#ifndef TICKETING_RESET_DB_H
#define TICKETING_RESET_DB_H

#include "common/db.h"
#include "fcgi/auth/password_strength.h"

/* Writes a request down. It takes as long for an address that no account has. */
enum db_status reset_db_request(struct db_pool *pool, struct arena *arena, const char *id,
                                const char *email) MUST_CHECK;

struct reset_mail {
    const char *id;
    const char *email;
};

/* Leases the request that waits longest, and stores the hash of the token that its mail will carry; from now
 * on the token of an earlier attempt is void. Requests for an address that no account has, and those beyond
 * what one account may cause in an hour, are never sent. DB_NONE: none is due. */
enum db_status reset_db_claim(struct db_pool *pool, struct arena *arena, const char *token_hash,
                              struct reset_mail *ret_mail) MUST_CHECK;

/* The mail is on its way. */
enum db_status reset_db_sent(struct db_pool *pool, const char *id) MUST_CHECK;
/* It is not: it is tried again later, for three days, or never when `give_up`. */
enum db_status reset_db_failed(struct db_pool *pool, const char *id, const char *error,
                               bool give_up) MUST_CHECK;

/* Whose password the token changes. DB_NONE: no such token, or it was used, or its time is over. */
enum db_status reset_db_check(struct db_pool *pool, struct arena *arena, const char *token_hash,
                              struct password_owner *ret_owner) MUST_CHECK;
/* Spends the token, changes the password, ends all sessions and voids the other tokens of its user, who
 * becomes admin when the address is `admin_email` (NULL: nobody's). DB_NONE as reset_db_check(). */
enum db_status reset_db_apply(struct db_pool *pool, const char *token_hash, const char *password_hash,
                              const char *admin_email) MUST_CHECK;
/* Inside a transaction that changes a password or an address: no link that was asked for before works after
 * it. */
enum db_status reset_db_void(struct db *db, const char *user_id) MUST_CHECK;

/* Inside a transaction in which the user has shown a token that was mailed to the account's address: makes
 * the user admin when that is `admin_email` (NULL: nobody's). */
enum db_status reset_db_grant_admin(struct db *db, const char *user_id, const char *admin_email) MUST_CHECK;

/* Removes requests older than a week. */
enum db_status reset_db_clean(struct db_pool *pool) MUST_CHECK;

#endif
