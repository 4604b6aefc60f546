/* session_answer.c: makes the access token of a session, and answers with both tokens. */
#include "fcgi/auth/session_answer.h"
#include "fcgi/auth/session_cookie.h"

#include <stdio.h>

enum db_status auth_session_start(struct request *request, const struct auth_user *user,
                                  char ret_session_id[static UUID_SIZE], struct refresh_secret *ret_secret)
{
    const struct auth *auth = request_context(request);
    refresh_secret_new(ret_secret);
    uuid_new(ret_session_id);
    const struct auth_session session = {
        .id = ret_session_id,
        .user_id = user->id,
        .password_hash = user->password_hash,
        .token_hash = ret_secret->hash,
        .ttl_seconds = auth->config.refresh_token_ttl_seconds,
        .for_cookie = session_cookie_wanted(request),
        .proved = user->guest && user->email_verified,
    };
    return auth_db_session_start(auth->pool, request_arena(request), &session);
}

enum problem auth_session_answer(const struct request *request, struct response *response,
                                 const struct auth_user *user, const char *session_id,
                                 const struct refresh_secret *secret)
{
    const struct auth *auth = request_context(request);
    const int64_t ttl = auth->config.access_token_ttl_seconds;
    struct token_claims claims = {.roles = user->roles, .guest = user->guest};
    snprintf(claims.user_id, sizeof(claims.user_id), "%s", user->id);
    snprintf(claims.session_id, sizeof(claims.session_id), "%s", session_id);
    snprintf(claims.email, sizeof(claims.email), "%s", user->email);
    snprintf(claims.full_name, sizeof(claims.full_name), "%s", user->full_name);

    CLEANUP(free) char *token = token_issue(auth->keys, &claims, ttl);
    if (token == NULL) {
        return PROBLEM_INTERNAL;
    }
    const bool in_cookie = session_cookie_wanted(request);
    if (in_cookie) {
        session_cookie_set(request, response, secret->token);
    }
    return response_json(response, 200,
                         json_pack("{s:s, s:s, s:I, s:s*}", "token", token, "tokenType", "Bearer",
                                   "expiresIn", (json_int_t)ttl, "refreshToken",
                                   in_cookie ? NULL : secret->token));
}
