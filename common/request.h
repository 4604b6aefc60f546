/* request.h: what a handler may ask about the request it serves. Everything returned lives as long as the
 * request and belongs to it. */
#ifndef TICKETING_REQUEST_H
#define TICKETING_REQUEST_H

#include "common/memory.h"
#include "common/route.h"
#include "common/token.h"
#include <jansson.h>

struct request; /* opaque; used by one thread */

/* The id that ties together the log lines of all processes: 8 to 64 characters of [A-Za-z0-9._-]. */
const char *request_id(const struct request *request);
/* Method and path (without /api and query string) as routed. */
enum http_method request_method(const struct request *request);
const char *request_path(const struct request *request);
/* The responder's own state, as given to server_run(). */
void *request_context(const struct request *request);
struct metrics *request_metrics(const struct request *request);
/* Memory that lives as long as the request. */
struct arena *request_arena(struct request *request);

/* A parameter of the route's path pattern. UUID parameters are checked and lower-cased; NULL only for a name
 * the pattern lacks. */
const char *request_param(const struct request *request, const char *name);
/* A header by its name as sent, e.g. "Idempotency-Key"; NULL when absent. */
const char *request_header(const struct request *request, const char *name);
/* The IP address that the web server was asked from (REMOTE_ADDR, RFC 3875 §4.1.8); NULL when it gave none.
 */
const char *request_remote_address(const struct request *request);
/* A query parameter, percent-decoded; NULL when absent. */
const char *request_query_text(struct request *request, const char *name);

/* The struct that the route's body or query spec filled; NULL when the route has none. */
const void *request_body(const struct request *request);
const void *request_query(const struct request *request);
/* The parsed JSON of the body; NULL when the route takes none. Borrowed. */
const json_t *request_json(const struct request *request);
/* The bytes of the body as received (signatures are computed over these). */
const char *request_raw_body(const struct request *request, size_t *ret_length);

/* Who asks; NULL when anonymous (only on routes with AUTH_NONE or AUTH_OPTIONAL). */
const struct token_claims *request_user(const struct request *request);
bool request_has_role(const struct request *request, enum role role);
/* The user keeps only those of the token's roles that are in `roles`, bits of enum role. */
void request_limit_roles(struct request *request, unsigned roles);

#endif
