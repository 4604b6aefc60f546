/* session.c: POST /auth/refresh, POST /auth/logout: both show the refresh token, which is all the proof they
 * need (RFC 6749 §6, RFC 7009). */
#include "common/response_database.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/session_answer.h"
#include "fcgi/auth/session_cookie.h"

#include <string.h>

struct session_token_request {
    const char *refresh_token;
};

static const struct field session_token_fields[] = {
    {.name = "refreshToken",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 512,
     .offset = offsetof(struct session_token_request, refresh_token)},
};
const struct field_spec session_token_body = FIELD_SPEC(struct session_token_request, session_token_fields);

/* The token of the body; without one, that of the cookie. False: neither is there. */
static bool hash_shown_token(struct request *request, char ret_hash[static 65])
{
    const struct session_token_request *body = request_body(request);
    const char *token = body->refresh_token != NULL ? body->refresh_token : session_cookie_token(request);
    if (token == NULL) {
        return false;
    }
    sha256_hex(token, strlen(token), ret_hash);
    return true;
}

static enum problem token_required(struct response *response)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    fault_add(faults, "refreshToken", "This is required.");
    return response_faults(response, faults);
}

/* A page whose session has ended keeps no cookie. */
static enum problem refresh_refused(const struct request *request, struct response *response)
{
    if (session_cookie_wanted(request)) {
        session_cookie_set(request, response, NULL);
    }
    return auth_unauthorized(response, PROBLEM_REFRESH_TOKEN_INVALID);
}

/* A page that is left while it renews its session never learns of the new token: the next page shows the same
 * cookie again, moments later, and that is no theft. */
static int64_t leeway(const struct request *request)
{
    const struct session_token_request *body = request_body(request);
    return body->refresh_token == NULL ? SESSION_COOKIE_LEEWAY_SECONDS : 0;
}

enum problem session_refresh(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    char shown[65];
    if (!hash_shown_token(request, shown)) {
        return session_cookie_wanted(request) ? refresh_refused(request, response) : token_required(response);
    }
    struct refresh_secret secret;
    refresh_secret_new(&secret);

    struct auth_refresh refresh = {
        .token_hash = shown,
        .new_token_hash = secret.hash,
        .ttl_seconds = auth->config.refresh_token_ttl_seconds,
        .leeway_seconds = leeway(request),
        .for_cookie = session_cookie_wanted(request),
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
    return refresh_refused(request, response);
}

/* An unknown token is answered like a known one (RFC 7009 §2.2), because the caller wants the token to be
 * useless, and it is. */
enum problem session_logout(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    char shown[65];
    if (!hash_shown_token(request, shown)) {
        return session_cookie_wanted(request) ? response_empty(response, 204) : token_required(response);
    }
    const enum db_status status = auth_db_session_logout(auth->pool, shown);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    if (session_cookie_wanted(request)) {
        session_cookie_set(request, response, NULL);
    }
    return response_empty(response, 204);
}
