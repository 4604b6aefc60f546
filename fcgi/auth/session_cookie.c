/* session_cookie.c: reads and writes the cookie with a page's refresh token. */
#include "fcgi/auth/session_cookie.h"
#include "fcgi/auth/auth.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char cookie_name[] = "ticketing_refresh=";

enum { TOKEN_CHARACTERS = 512, HEADER_CHARACTERS = 1024 };

bool session_cookie_wanted(const struct request *request)
{
    const char *value = request_header(request, "X-Session");
    return value != NULL && strcmp(value, "cookie") == 0;
}

const char *session_cookie_token(struct request *request)
{
    const char *rest = session_cookie_wanted(request) ? request_header(request, "Cookie") : NULL;
    while (rest != NULL) {
        rest += strspn(rest, "; ");
        if (strncmp(rest, cookie_name, strlen(cookie_name)) == 0) {
            const char *token = rest + strlen(cookie_name);
            const size_t length = strcspn(token, ";");
            return length > 0 && length <= TOKEN_CHARACTERS
                       ? arena_printf(request_arena(request), "%.*s", (int)length, token)
                       : NULL;
        }
        rest = strchr(rest, ';');
    }
    return NULL;
}

void session_cookie_set(const struct request *request, struct response *response, const char *token)
{
    const struct auth *auth = request_context(request);
    const bool secure = strncasecmp(auth->config.public_url, "https:", strlen("https:")) == 0;
    char header[HEADER_CHARACTERS];
    snprintf(header, sizeof(header), "%s%s; Path=/api/auth; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
             cookie_name, token == NULL ? "" : token,
             token == NULL ? 0LL : (long long)auth->config.refresh_token_ttl_seconds,
             secure ? "; Secure" : "");
    response_header(response, "Set-Cookie", header);
}
