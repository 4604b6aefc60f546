/* account.c: GET /auth/me, PUT /auth/me: the account of the user who asks, from the database. So a session
 * that has ended is 401 here at once, while the other responders notice it when the access token expires. */
#include "common/response_database.h"
#include "fcgi/auth/auth.h"

struct account_update_request {
    const char *full_name;
};

static const struct field account_update_fields[] = {
    {.name = "fullName",
     .type = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = FULL_NAME_MAX_LENGTH,
     .offset = offsetof(struct account_update_request, full_name)},
};
const struct field_spec account_update_body =
    FIELD_SPEC(struct account_update_request, account_update_fields);

enum problem account_read(struct request *request, struct response *response)
{
    struct auth_user user;
    const enum problem problem = auth_asker(request, response, &user);
    return problem == PROBLEM_NONE ? response_json(response, 200, auth_user_json(&user)) : problem;
}

enum problem account_update(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct token_claims *claims = request_user(request);
    const struct account_update_request *body = request_body(request);
    struct auth_user user;
    const enum db_status status = auth_db_full_name_set(auth->pool, request_arena(request), claims->user_id,
                                                        claims->session_id, body->full_name, &user);
    if (status == DB_NONE) {
        return auth_unauthorized(response, PROBLEM_UNAUTHORIZED);
    }
    return status == DB_OK ? response_json(response, 200, auth_user_json(&user))
                           : response_database(response, status, PROBLEM_INTERNAL);
}
