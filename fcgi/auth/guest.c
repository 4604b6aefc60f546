/* guest.c: POST /auth/guest and what a guest may do: open what a mail's link leads to, become an account. */
#include "fcgi/auth/guest.h"
#include "common/response_database.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/guest_db.h"
#include "fcgi/auth/password_strength.h"
#include "fcgi/auth/session_answer.h"

#include <string.h>

struct guest_create_request {
    const char *email;
    const char *full_name;
};

static const struct field guest_create_fields[] = {
    {.name = "email",
     .type = FIELD_EMAIL,
     .required = true,
     .offset = offsetof(struct guest_create_request, email)},
    {.name = "fullName",
     .type = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = FULL_NAME_MAX_LENGTH,
     .offset = offsetof(struct guest_create_request, full_name)},
};
const struct field_spec guest_create_body = FIELD_SPEC(struct guest_create_request, guest_create_fields);

struct guest_open_request {
    const char *key;
};

static const struct field guest_open_fields[] = {
    {.name = "key",
     .type = FIELD_TEXT,
     .required = true,
     .min = 1,
     .max = 128,
     .offset = offsetof(struct guest_open_request, key)},
};
const struct field_spec guest_open_body = FIELD_SPEC(struct guest_open_request, guest_open_fields);

struct guest_password_request {
    const char *password;
};

static const struct field guest_password_fields[] = {
    {.name = "password",
     .type = FIELD_PASSWORD,
     .required = true,
     .min = 1,
     .max = PASSWORD_MAX_LENGTH,
     .offset = offsetof(struct guest_password_request, password)},
};
const struct field_spec guest_password_body =
    FIELD_SPEC(struct guest_password_request, guest_password_fields);

static enum problem begin_session(struct request *request, struct response *response,
                                  const struct auth_user *guest)
{
    struct refresh_secret secret;
    char session_id[UUID_SIZE];
    const enum db_status status = auth_session_start(request, guest, session_id, &secret);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_GUEST_KEY_INVALID);
    }
    return auth_session_answer(request, response, guest, session_id, &secret);
}

enum problem guest_create(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct guest_create_request *body = request_body(request);
    char id[UUID_SIZE];
    uuid_new(id);
    const struct auth_registration registration = {
        .id = id,
        .email = body->email,
        .full_name = body->full_name,
    };
    struct auth_user guest;
    const enum db_status status = guest_db_add(auth->pool, request_arena(request), &registration, &guest);
    return status == DB_OK ? begin_session(request, response, &guest)
                           : response_database(response, status, PROBLEM_INTERNAL);
}

enum problem guest_open(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct guest_open_request *body = request_body(request);
    char hash[65];
    sha256_hex(body->key, strlen(body->key), hash);
    struct auth_user guest;
    const enum db_status status = guest_db_open(auth->pool, request_arena(request), hash, &guest);
    if (status == DB_NONE) {
        return auth_unauthorized(response, PROBLEM_GUEST_KEY_INVALID);
    }
    return status == DB_OK ? begin_session(request, response, &guest)
                           : response_database(response, status, PROBLEM_INTERNAL);
}

/* What is known before a password is hashed, which takes its time. */
static enum problem may_choose_password(const struct auth_user *guest)
{
    if (!guest->guest) {
        return PROBLEM_NOT_A_GUEST;
    }
    return guest->email_verified ? PROBLEM_NONE : PROBLEM_EMAIL_NOT_VERIFIED;
}

enum problem guest_password(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct guest_password_request *body = request_body(request);
    struct auth_user guest;
    enum problem problem = auth_asker(request, response, &guest);
    if (problem == PROBLEM_NONE) {
        problem = may_choose_password(&guest);
    }
    if (problem == PROBLEM_NONE) {
        const struct password_owner owner = {.email = guest.email, .full_name = guest.full_name};
        problem = password_admit(request, response, "password", body->password, &owner);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    CLEANUP(password_leave) struct password_hasher *hasher = password_enter(auth->hasher);
    if (hasher == NULL) {
        return auth_hasher_busy(response);
    }
    CLEANUP(free) char *hash = password_hash(hasher, body->password);
    if (hash == NULL) {
        return PROBLEM_INTERNAL;
    }
    const enum db_status status =
        guest_db_password(auth->pool, guest.id, request_user(request)->session_id, hash);
    switch (status) {
    case DB_OK:
        return response_empty(response, 204);
    case DB_CONFLICT:
        return PROBLEM_EMAIL_TAKEN;
    case DB_NONE:
        return PROBLEM_EMAIL_NOT_VERIFIED;
    default:
        return response_database(response, status, PROBLEM_INTERNAL);
    }
}
