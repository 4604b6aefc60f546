/* guest_db.h: guests in the database. Texts of results live in the arena given. */
#ifndef TICKETING_GUEST_DB_H
#define TICKETING_GUEST_DB_H

#include "fcgi/auth/auth_db.h"

/* Adds a guest; the registration's password_hash is not used. `ret_user` has what a session is started with.
 */
enum db_status guest_db_add(struct db_pool *pool, struct arena *arena,
                            const struct auth_registration *registration,
                            struct auth_user *ret_user) MUST_CHECK;

/* The guest whose mail carried the key; the address is proved from now on, and sessions of the guest that
 * have not proved it end. DB_NONE: no such key, or its time is over. */
enum db_status guest_db_open(struct db_pool *pool, struct arena *arena, const char *key_hash,
                             struct auth_user *ret_user) MUST_CHECK;

/* Makes an account of a guest who has proved the address in this session: its keys end, and so do the
 * sessions in which it was not proved; all that it bought stays. DB_CONFLICT: the address has an account.
 * DB_NONE: the user is no guest (any more), or the address is not proved in this session. */
enum db_status guest_db_password(struct db_pool *pool, const char *user_id, const char *session_id,
                                 const char *password_hash) MUST_CHECK;

/* Removes keys whose time is over, and guests of a week ago who have neither a session nor a key: nothing
 * leads to them any more. What they bought stays. Some hundreds at a time. */
enum db_status guest_db_clean(struct db_pool *pool) MUST_CHECK;

#endif
