/* route.h: the route table of a responder, and how a path is found in it.
 *
 * A pattern is a path of literal segments and parameters: `:name` takes a UUID (a malformed one is 404, as if
 * the thing did not exist), `*name` takes any one segment of 1 to 64 characters [A-Za-z0-9_.-]. A trailing
 * slash is not a match. */
#ifndef TICKETING_ROUTE_H
#define TICKETING_ROUTE_H

#include "common/field.h"
#include "common/problem.h"

struct request;  /* request.h */
struct response; /* response.h */

enum http_method {
    HTTP_GET, /* HEAD is served as GET without the body */
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_PATCH,
    HTTP_OTHER, /* anything else: no route takes it */
};

enum auth_level {
    AUTH_NONE,     /* no token is looked at */
    AUTH_OPTIONAL, /* a token may be sent; a wrong one is 401 */
    AUTH_USER,     /* any valid token */
    AUTH_STAFF,    /* role staff or admin */
    AUTH_ADMIN,    /* role admin */
};

/* Returns PROBLEM_NONE when it has set a response, else the problem to answer with; or PROBLEM_LATER, and
 * from then on request and response belong to the thread that will call response_resume(). Runs on any worker
 * thread. */
typedef enum problem handler_fn(struct request *request, struct response *response);

struct route {
    enum http_method method;
    const char *pattern;
    enum auth_level auth;
    bool limited; /* counted for each user, see buyer_limit.h; not for AUTH_NONE */
    const struct field_spec
        *body; /* NULL: the body is not parsed as JSON (raw bytes stay available, up to 64 KiB) */
    const struct field_spec *query; /* NULL: no declared query parameters */
    handler_fn *handler;
};

/* The routes of one room of a responder; static, never changed. */
struct route_table {
    const struct route *routes;
    size_t count;
};

enum { ROUTE_PARAMS_MAX = 4, ROUTE_SEGMENT_MAX = 64 };

struct route_match {
    const struct route *route; /* NULL: none */
    size_t index;              /* of the route among those of all tables; without one: how many they are */
    bool path_known;           /* the path exists with another method → 405 */
    char allow[64]; /* "GET, HEAD, DELETE" for the Allow header when path_known and route is NULL */
    size_t param_count;
    const char *param_names[ROUTE_PARAMS_MAX]; /* point into the pattern, end at '/' or NUL */
    char param_values[ROUTE_PARAMS_MAX][ROUTE_SEGMENT_MAX + 1];
};

/* Finds the route of `path` (PATH_INFO, already decoded by the web server) in `count` tables; the first that
 * fits wins. */
void route_find(const struct route_table *const *tables, size_t count, enum http_method method,
                const char *path, struct route_match *ret_match);

/* How many routes the tables have together. */
size_t route_count(const struct route_table *const *tables, size_t count) MUST_CHECK;

/* True when a token with `roles` may use a route of this level (AUTH_STAFF admits admins). */
bool route_admits(enum auth_level level, unsigned roles);

#endif
