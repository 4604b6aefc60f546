/* GET /auth/me, PUT /auth/me: the account of who asks, from the database: a session that has ended is 401
 * here at once, while the other responders notice when its access token runs out. */
#include "common/response_database.h"
#include "fcgi/auth/auth.h"

struct me_request {
    const char *full_name;
};

static const struct field me_fields[] = {
    {.name = "fullName",
     .type = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = FULL_NAME_MAX_LENGTH,
     .offset = offsetof(struct me_request, full_name)},
};
const struct field_spec me_body = FIELD_SPEC(struct me_request, me_fields);

static enum problem answer(struct response *response, enum db_status status, const struct auth_user *user)
{
    if (status == DB_NONE) {
        return auth_unauthorized(response, PROBLEM_UNAUTHORIZED);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return response_json(response, 200, auth_user_json(user));
}

enum problem me_get(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct token_claims *claims = request_user(request);
    struct auth_user user;
    const enum db_status status = auth_db_user_of_session(auth->pool, request_arena(request), claims->user_id,
                                                          claims->session_id, &user);
    return answer(response, status, &user);
}

enum problem me_put(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct token_claims *claims = request_user(request);
    const struct me_request *body = request_body(request);
    struct auth_user user;
    const enum db_status status = auth_db_full_name_set(auth->pool, request_arena(request), claims->user_id,
                                                        claims->session_id, body->full_name, &user);
    return answer(response, status, &user);
}
