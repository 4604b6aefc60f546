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

/* One handler for each call of api.md; see handler_fn in common/router.h. */
handler_fn register_post;   /* register.c */
handler_fn login_post;      /* login.c */
handler_fn refresh_post;    /* session.c */
handler_fn logout_post;     /* session.c */
handler_fn me_get;          /* me.c */
handler_fn me_put;          /* me.c */
handler_fn password_put;    /* password.c */
handler_fn users_get;       /* users.c */
handler_fn users_roles_put; /* users.c */

/* What these calls take. The shortest password of the first two is a setting: main() fills it in. */
extern const struct field_spec register_body;
extern const struct field_spec password_body;
extern const struct field_spec login_body;
extern const struct field_spec refresh_token_body;
extern const struct field_spec me_body;
extern const struct field_spec users_query;
extern const struct field_spec users_roles_body;

/* A refresh token and what is stored of it: who reads the table cannot use what is there. */
struct refresh_secret {
    char token[64];
    char hash[65]; /* SHA-256, hexadecimal */
};

void refresh_secret_new(struct refresh_secret *ret_secret);

/* 200 with a new access token for `user` in that session, and the refresh token. */
enum problem auth_session_answer(const struct request *request, struct response *response,
                                 const struct auth_user *user, const char *session_id,
                                 const struct refresh_secret *secret) MUST_CHECK;

/* `{id, email, fullName, roles}`; the caller owns the object. */
json_t *auth_user_json(const struct auth_user *user);

/* 503 with Retry-After: as many passwords are being hashed as may be. */
enum problem auth_hasher_busy(struct response *response) MUST_CHECK;

/* 401 with the challenge that RFC 9110 §15.5.2 asks for. */
enum problem auth_unauthorized(struct response *response, enum problem problem) MUST_CHECK;

#endif
