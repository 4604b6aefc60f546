/* exchange.h: the inside of a request and its response; only request*.c, response.c, dispatch.c and server.c
 * include this. */
#ifndef TICKETING_EXCHANGE_H
#define TICKETING_EXCHANGE_H

#include "common/server.h"
#include <fcgiapp.h>

enum {
    BODY_MAX_DEFAULT = 64 * 1024,
    BODY_DRAIN_MAX =
        16 * 1024 * 1024, /* a longer body is not read to its end: the connection is closed instead */
    QUERY_PARAMETERS_MAX = 32,
    RESPONSE_HEADERS_MAX = 16,
};

struct query_parameter {
    const char *name;
    const char *value;
};

struct request {
    struct arena *arena;
    const struct server *server;
    char **environment; /* CGI variables; theirs is the FastCGI request's life */
    const char *id;
    const char *path;
    const char *method_name; /* as sent; NULL when the web server gave none */
    enum http_method method;
    bool head; /* the method was HEAD */
    struct route_match match;

    char *body; /* raw bytes with a NUL behind them */
    size_t body_length;
    json_t *json;
    void *body_values;
    struct query_parameter query[QUERY_PARAMETERS_MAX];
    size_t query_count;
    bool query_malformed; /* a bad escape, NUL or too many parameters */
    void *query_values;

    bool has_user;
    struct token_claims user;
};

struct response_header {
    const char *name;
    const char *value;
};

struct response {
    const struct request *request;
    int status; /* 0: nothing set yet */
    enum problem problem;
    const char *content_type;
    const char *body; /* NULL: none */
    size_t body_length;
    char *body_allocated;                /* malloc'ed storage of `body`, or NULL */
    const struct response_piece *pieces; /* of a shared body, instead of `body`; NULL: none */
    size_t piece_count;
    void (*release)(void *owner); /* gives the shared body back */
    void *owner;
    const char *etag; /* NULL: none */
    json_t *members;  /* further members of the problem object, or NULL */
    struct response_header headers[RESPONSE_HEADERS_MAX];
    size_t header_count;
};

/* Reads method, path, id and query string. */
void request_open(struct request *request, const struct server *server, struct arena *arena,
                  char **environment);
/* Reads the body to its end, for a connection is kept and one closed early would fail nginx's next request on
 * it; nginx bounds its length (client_max_body_size). More than `maximum` bytes are not kept:
 * PROBLEM_BODY_TOO_LARGE. */
enum problem request_read_body(struct request *request, FCGX_Stream *in, size_t maximum);
/* Parses and checks the body by the route's spec; a problem other than NONE has been put into `response`. */
enum problem request_parse_body(struct request *request, struct response *response);
/* Checks the query parameters by the route's spec, likewise. */
enum problem request_parse_query(struct request *request, struct response *response);
void request_close(struct request *request);

/* Renders `problem` when the handler gave one without response_problem(), and applies the ETag. */
void response_finish(struct response *response, enum problem problem);
/* Writes status line, headers and body (response_send.c). */
void response_send(const struct response *response, FCGX_Request *fcgi);
void response_close(struct response *response);

/* Everything between a read environment and a finished response: see server.h. */
void dispatch(struct request *request, struct response *response, FCGX_Stream *in);

#endif
