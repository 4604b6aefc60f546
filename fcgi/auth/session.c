/* POST /auth/refresh, POST /auth/logout: both show the refresh token, which is all the proof they need (RFC
 * 6749 §6, RFC 7009). */
#include "common/response_database.h"
#include "fcgi/auth/auth.h"

#include <string.h>

struct session_token_request {
    const char *refresh_token;
};

static const struct field session_token_fields[] = {
    {.name = "refreshToken",
     .type = FIELD_TEXT,
     .required = true,
     .min = 1,
     .max = 512,
     .offset = offsetof(struct session_token_request, refresh_token)},
};
const struct field_spec session_token_body = FIELD_SPEC(struct session_token_request, session_token_fields);

static void hash_shown_token(const struct request *request, char ret_hash[static 65])
{
    const struct session_token_request *body = request_body(request);
    sha256_hex(body->refresh_token, strlen(body->refresh_token), ret_hash);
}

enum problem session_refresh(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    char shown[65];
    hash_shown_token(request, shown);
    struct refresh_secret secret;
    refresh_secret_new(&secret);

    struct auth_refresh refresh = {
        .token_hash = shown,
        .new_token_hash = secret.hash,
        .ttl_seconds = auth->config.refresh_token_ttl_seconds,
    };
    const enum db_status status = auth_db_session_refresh(auth->pool, request_arena(request), &refresh);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    switch (refresh.outcome) {
    case AUTH_REFRESH_DONE:
        return auth_session_answer(request, response, &refresh.user, refresh.session_id, &secret);
    case AUTH_REFRESH_REUSED:
        log_event(LOG_LEVEL_WARN, "refresh_token_reused",
                  json_pack("{s:s, s:s}", "requestId", request_id(request), "sessionId", refresh.session_id));
        break;
    case AUTH_REFRESH_REFUSED:
        break;
    }
    return auth_unauthorized(response, PROBLEM_REFRESH_TOKEN_INVALID);
}

/* An unknown token is answered like a known one (RFC 7009 §2.2): the caller's wish, that it be of no use, is
 * fulfilled. */
enum problem session_logout(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    char shown[65];
    hash_shown_token(request, shown);
    const enum db_status status = auth_db_session_logout(auth->pool, shown);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return response_empty(response, 204);
}
