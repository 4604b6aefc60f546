/* registration.c: POST /auth/register: a new account, with the role of a user and no other. */
#include "common/response_database.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/password_strength.h"

struct registration_create_request {
    const char *email;
    const char *password;
    const char *full_name;
};

static const struct field registration_create_fields[] = {
    {.name = "email",
     .type = FIELD_EMAIL,
     .required = true,
     .offset = offsetof(struct registration_create_request, email)},
    {.name = "password",
     .type = FIELD_PASSWORD,
     .required = true,
     .min = 1,
     .max = PASSWORD_MAX_LENGTH,
     .offset = offsetof(struct registration_create_request, password)},
    {.name = "fullName",
     .type = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = FULL_NAME_MAX_LENGTH,
     .offset = offsetof(struct registration_create_request, full_name)},
};
const struct field_spec registration_create_body =
    FIELD_SPEC(struct registration_create_request, registration_create_fields);

enum problem registration_create(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct registration_create_request *body = request_body(request);
    const struct password_owner owner = {.email = body->email, .full_name = body->full_name};
    const enum problem refused = password_admit(request, response, "password", body->password, &owner);
    if (refused != PROBLEM_NONE) {
        return refused;
    }
    CLEANUP(password_leave) struct password_hasher *hasher = password_enter(auth->hasher);
    if (hasher == NULL) {
        return auth_hasher_busy(response);
    }
    CLEANUP(free) char *hash = password_hash(hasher, body->password);
    if (hash == NULL) {
        return PROBLEM_INTERNAL;
    }

    char id[UUID_SIZE];
    uuid_new(id);
    const struct auth_registration registration = {
        .id = id,
        .email = body->email,
        .full_name = body->full_name,
        .password_hash = hash,
    };
    struct auth_user user;
    const enum db_status status = auth_db_user_add(auth->pool, request_arena(request), &registration, &user);
    if (status == DB_CONFLICT) {
        return PROBLEM_EMAIL_TAKEN;
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return response_json(response, 201, auth_user_json(&user));
}
