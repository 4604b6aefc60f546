/* auth.h: what the files of this responder share: its state, its handlers, and how a user or a database fault
 * is answered. */
#ifndef TICKETING_AUTH_H
#define TICKETING_AUTH_H

#include "common/config.h"
#include "common/password.h"
#include "common/router.h"
#include "common/token.h"
#include "fcgi/auth/auth_db.h"

/* The responder's state: made once by main(), then only read, so threads share it. */
struct auth {
    struct config config;
    struct db_pool *pool;
    struct token_keys *keys;
    struct password_hasher *hasher;
    struct metrics *metrics;
};

enum { PASSWORD_MAX_LENGTH = 128, FULL_NAME_MAX_LENGTH = 100 };

/* One handler for each call; see handler_fn in common/router.h. */
handler_fn registration_create; /* registration.c */
handler_fn login_create;        /* login.c */
handler_fn session_refresh;     /* session.c */
handler_fn session_logout;      /* session.c */
handler_fn account_read;        /* account.c */
handler_fn account_update;      /* account.c */
handler_fn password_change;     /* password.c */
handler_fn user_list;           /* users.c */
handler_fn roles_update;        /* users.c */

/* What these calls take. auth_routes() fills in the shortest password of the first two, which is a setting.
 */
extern const struct field_spec registration_create_body;
extern const struct field_spec password_change_body;
extern const struct field_spec login_create_body;
extern const struct field_spec session_token_body;
extern const struct field_spec account_update_body;
extern const struct field_spec user_list_query;
extern const struct field_spec roles_update_body;

/* A refresh token, and the hash of it that is stored: a reader of the table cannot use the hash. */
struct refresh_secret {
    char token[64];
    char hash[65]; /* SHA-256, hexadecimal */
};

void refresh_secret_new(struct refresh_secret *ret_secret);

/* `{id, email, fullName, roles, guest, emailVerified}`; the caller owns the object. */
json_t *auth_user_json(const struct auth_user *user);

/* 503 with Retry-After: no more passwords may be hashed at once. */
enum problem auth_hasher_busy(struct response *response) MUST_CHECK;

/* The user whose session the request's token belongs to, from the database; 401 when that session has
 * ended. PROBLEM_NONE: `ret_asker` is filled, with the password's hash. */
enum problem auth_asker(struct request *request, struct response *response,
                        struct auth_user *ret_asker) MUST_CHECK;
/* As auth_asker(); 403 unless the user is an admin at this moment. */
enum problem auth_asking_admin(struct request *request, struct response *response,
                               struct auth_user *ret_asker) MUST_CHECK;

/* 401 with the challenge that RFC 9110 §15.5.2 asks for. */
enum problem auth_unauthorized(struct response *response, enum problem problem) MUST_CHECK;

#endif
