/* reset.c: POST /auth/password/forgot, POST /auth/password/reset. No answer tells whether an address is
 * registered: one row is written in either case, and a task sends the mail later. */
#include "fcgi/auth/reset.h"
#include "common/response_database.h"

#include "fcgi/auth/auth.h"
#include "fcgi/auth/password_strength.h"
#include "fcgi/auth/reset_db.h"
#include <string.h>

struct reset_ask_request {
    const char *email;
};

static const struct field reset_ask_fields[] = {
    {.name = "email",
     .type = FIELD_EMAIL,
     .required = true,
     .min = 3,
     .max = 254,
     .offset = offsetof(struct reset_ask_request, email)},
};
const struct field_spec reset_ask_body = FIELD_SPEC(struct reset_ask_request, reset_ask_fields);

struct reset_apply_request {
    const char *token;
    const char *new_password;
};

static const struct field reset_apply_fields[] = {
    {.name = "token",
     .type = FIELD_TEXT,
     .required = true,
     .min = 1,
     .max = 512,
     .offset = offsetof(struct reset_apply_request, token)},
    {.name = "newPassword",
     .type = FIELD_PASSWORD,
     .required = true,
     .min = 1,
     .max = PASSWORD_MAX_LENGTH,
     .offset = offsetof(struct reset_apply_request, new_password)},
};
const struct field_spec reset_apply_body = FIELD_SPEC(struct reset_apply_request, reset_apply_fields);

enum problem reset_ask(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct reset_ask_request *body = request_body(request);
    char id[UUID_SIZE];
    uuid_new(id);
    const enum db_status status = reset_db_request(auth->pool, request_arena(request), id, body->email);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return response_json(response, 202,
                         json_pack("{s:s}", "message",
                                   "If this address is registered, a mail with a link is on its way to it."));
}

static enum problem refuse_token(struct response *response)
{
    return response_problem(response, PROBLEM_RESET_TOKEN_INVALID,
                            "It was used, or its 30 minutes are over: ask for a new one.");
}

enum problem reset_apply(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct reset_apply_request *body = request_body(request);
    char token_hash[65];
    sha256_hex(body->token, strlen(body->token), token_hash);
    struct password_owner owner;
    /* Hashing a password is expensive, so it is done only for a token that exists. */
    enum db_status status = reset_db_check(auth->pool, request_arena(request), token_hash, &owner);
    if (status == DB_NONE) {
        return refuse_token(response);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    const enum problem refused = password_admit(request, response, "newPassword", body->new_password, &owner);
    if (refused != PROBLEM_NONE) {
        return refused;
    }
    CLEANUP(password_leave) struct password_hasher *hasher = password_enter(auth->hasher);
    if (hasher == NULL) {
        return auth_hasher_busy(response);
    }
    CLEANUP(free) char *hash = password_hash(hasher, body->new_password);
    if (hash == NULL) {
        return PROBLEM_INTERNAL;
    }
    status = reset_db_apply(auth->pool, token_hash, hash, auth->config.admin_email);
    if (status == DB_NONE) {
        return refuse_token(response);
    }
    return status == DB_OK ? response_empty(response, 204)
                           : response_database(response, status, PROBLEM_INTERNAL);
}
