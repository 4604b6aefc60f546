/* login.c: POST /auth/login: an address and its password begin a session. */
#include "common/response_database.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/guess.h"
#include "fcgi/auth/session_answer.h"

struct login_create_request {
    const char *email;
    const char *password;
};

static const struct field login_create_fields[] = {
    {.name = "email",
     .type = FIELD_TEXT,
     .required = true,
     .min = 1,
     .max = 254,
     .offset = offsetof(struct login_create_request, email)},
    {.name = "password",
     .type = FIELD_PASSWORD,
     .required = true,
     .min = 1,
     .max = PASSWORD_MAX_LENGTH,
     .offset = offsetof(struct login_create_request, password)},
};
const struct field_spec login_create_body = FIELD_SPEC(struct login_create_request, login_create_fields);

/* One line for each attempt, so that an attack can be followed: the account, never the address or the
 * password. `user_id` is null in the line when nobody has the address. */
static void log_attempt(const struct request *request, enum log_level level, const char *event,
                        const char *user_id)
{
    log_event(level, event, json_pack("{s:s, s:s?}", "requestId", request_id(request), "user", user_id));
}

static enum problem refuse(const struct request *request, struct response *response, const char *user_id)
{
    metrics_add(request_metrics(request), METRIC_LOGINS_FAILED, 1);
    log_attempt(request, LOG_LEVEL_WARN, "login_failed", user_id);
    return auth_unauthorized(response, PROBLEM_INVALID_CREDENTIALS);
}

enum problem login_create(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct login_create_request *body = request_body(request);
    CLEANUP(password_leave) struct password_hasher *hasher = password_enter(auth->hasher);
    if (hasher == NULL) {
        return auth_hasher_busy(response);
    }
    enum problem problem = guess_begin(request, response, body->email);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct auth_user user = {0};
    enum db_status status = auth_db_user_by_email(auth->pool, request_arena(request), body->email, &user);
    if (status != DB_OK && status != DB_NONE) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    /* The hash is NULL when no user has the address, and comparing takes as long: the time of an answer does
     * not tell which addresses are registered. */
    if (!password_verify(hasher, body->password, user.password_hash)) {
        return refuse(request, response, user.id);
    }

    struct refresh_secret secret;
    char session_id[UUID_SIZE];
    status = auth_session_start(request, &user, session_id, &secret);
    if (status == DB_NONE) {
        return refuse(request, response, user.id);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    guess_right(request, body->email);
    log_attempt(request, LOG_LEVEL_INFO, "login", user.id);
    return auth_session_answer(request, response, &user, session_id, &secret);
}
