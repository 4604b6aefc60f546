/* session_cookie.h: the refresh token of a page's session, in a cookie that no script can read (RFC 6265,
 * draft-ietf-httpbis-rfc6265bis). A request asks for it with the header `X-Session: cookie`: a page of
 * another origin may not send such a header (Fetch, §4.8), so a page of another site can neither renew nor
 * end the session. */
#ifndef TICKETING_SESSION_COOKIE_H
#define TICKETING_SESSION_COOKIE_H

#include "common/request.h"
#include "common/response.h"

enum { SESSION_COOKIE_LEEWAY_SECONDS = 10 };

/* Does the request keep its session in the cookie? */
bool session_cookie_wanted(const struct request *request);

/* The token in the request's cookie; NULL when there is none, or when the header is missing. */
const char *session_cookie_token(struct request *request);

/* Gives the browser the token to keep; NULL takes it away. */
void session_cookie_set(const struct request *request, struct response *response, const char *token);

#endif
