/* auth.c: what several handlers of this responder answer with. */
#include "fcgi/auth/auth.h"
#include "common/response_database.h"

#include <string.h>

enum { REFRESH_SECRET_BYTES = 32 };

static json_t *roles_json(unsigned roles)
{
    static const enum role all[] = {ROLE_USER, ROLE_STAFF, ROLE_ADMIN};
    json_t *names = json_array();
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
        if (roles & all[i]) {
            json_array_append_new(names, json_string(role_name(all[i])));
        }
    }
    return names;
}

json_t *auth_user_json(const struct auth_user *user)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:b, s:b}", "id", user->id, "email", user->email, "fullName",
                     user->full_name, "roles", roles_json(user->roles), "guest", user->guest, "emailVerified",
                     user->email_verified);
}

void refresh_secret_new(struct refresh_secret *ret_secret)
{
    secret_new(REFRESH_SECRET_BYTES, ret_secret->token, sizeof(ret_secret->token));
    sha256_hex(ret_secret->token, strlen(ret_secret->token), ret_secret->hash);
}

enum problem auth_unauthorized(struct response *response, enum problem problem)
{
    response_header(response, "WWW-Authenticate", "Bearer");
    return problem;
}

enum problem auth_hasher_busy(struct response *response)
{
    response_header(response, "Retry-After", "1");
    return response_problem(response, PROBLEM_UNAVAILABLE,
                            "Too many passwords are being checked at this moment; try again soon.");
}

enum problem auth_asker(struct request *request, struct response *response, struct auth_user *ret_asker)
{
    const struct auth *auth = request_context(request);
    const struct token_claims *claims = request_user(request);
    const enum db_status status = auth_db_user_of_session(auth->pool, request_arena(request), claims->user_id,
                                                          claims->session_id, ret_asker);
    if (status == DB_NONE) {
        return auth_unauthorized(response, PROBLEM_UNAUTHORIZED);
    }
    return status == DB_OK ? PROBLEM_NONE : response_database(response, status, PROBLEM_INTERNAL);
}

enum problem auth_asking_admin(struct request *request, struct response *response,
                               struct auth_user *ret_asker)
{
    const enum problem problem = auth_asker(request, response, ret_asker);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    return (ret_asker->roles & ROLE_ADMIN) != 0 ? PROBLEM_NONE : PROBLEM_FORBIDDEN;
}
