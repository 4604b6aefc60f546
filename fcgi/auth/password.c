/* password.c: PUT /auth/password: a new password for a user who knows the old one. */
#include "common/response_database.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/guess.h"
#include "fcgi/auth/password_strength.h"

struct password_change_request {
    const char *current_password;
    const char *new_password;
};

static const struct field password_change_fields[] = {
    {.name = "currentPassword",
     .type = FIELD_PASSWORD,
     .required = true,
     .min = 1,
     .max = PASSWORD_MAX_LENGTH,
     .offset = offsetof(struct password_change_request, current_password)},
    {.name = "newPassword",
     .type = FIELD_PASSWORD,
     .required = true,
     .min = 1,
     .max = PASSWORD_MAX_LENGTH,
     .offset = offsetof(struct password_change_request, new_password)},
};
const struct field_spec password_change_body =
    FIELD_SPEC(struct password_change_request, password_change_fields);

/* Hashing takes its time, so it is done before the transaction, which then insists that the old hash still
 * stands. */
enum problem password_change(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct token_claims *claims = request_user(request);
    const struct password_change_request *body = request_body(request);
    struct auth_user user;
    enum problem problem = auth_asker(request, response, &user);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    const struct password_owner owner = {.email = user.email, .full_name = user.full_name};
    problem = password_admit(request, response, "newPassword", body->new_password, &owner);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    CLEANUP(password_leave) struct password_hasher *hasher = password_enter(auth->hasher);
    if (hasher == NULL) {
        return auth_hasher_busy(response);
    }
    problem = guess_begin(request, response, user.email);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (!password_verify(hasher, body->current_password, user.password_hash)) {
        return auth_unauthorized(response, PROBLEM_INVALID_CREDENTIALS);
    }
    guess_right(request, user.email);
    CLEANUP(free) char *hash = password_hash(hasher, body->new_password);
    if (hash == NULL) {
        return PROBLEM_INTERNAL;
    }

    const struct auth_password_change change = {
        .user_id = user.id,
        .session_id = claims->session_id,
        .old_hash = user.password_hash,
        .new_hash = hash,
    };
    const enum db_status status = auth_db_password_set(auth->pool, &change);
    if (status == DB_NONE) {
        return auth_unauthorized(response, PROBLEM_INVALID_CREDENTIALS);
    }
    return status == DB_OK ? response_empty(response, 204)
                           : response_database(response, status, PROBLEM_INTERNAL);
}
