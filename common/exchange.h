/* exchange.h: the inside of a request and its response; only request*.c, response*.c, dispatch.c and
 * connection.c include this. */
#ifndef TICKETING_EXCHANGE_H
#define TICKETING_EXCHANGE_H

#include "common/fastcgi.h"
#include "common/responder.h"
#include "common/response_piece.h"

enum {
    BODY_MAX_DEFAULT = 64 * 1024,
    QUERY_PARAMETERS_MAX = 32,
    RESPONSE_HEADERS_MAX = 16,
};

struct query_parameter {
    const char *name;
    const char *value;
};

struct request {
    struct arena *arena;
    const struct responder *responder;
    const struct fastcgi *input; /* CGI variables and raw body; borrowed from the connection */
    const char *id;
    const char *path;
    const char *method_name; /* as sent; NULL when the web server gave none */
    enum http_method method;
    bool head; /* the method was HEAD */
    struct route_match match;

    uint64_t body_declared; /* CONTENT_LENGTH */
    size_t body_max;        /* what the route takes */
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
    stream_fn *next;              /* makes the body while it is sent; NULL: the body is known */
    void (*release)(void *owner); /* gives the shared body back, or ends the stream */
    void *owner;
    const char *etag; /* NULL: none */
    json_t *members;  /* further members of the problem object, or NULL */
    struct response_header headers[RESPONSE_HEADERS_MAX];
    size_t header_count;
};

/* Both sides of a request. */
struct exchange {
    struct request request;
    struct response response;
    enum problem judged; /* what the head alone led to: PROBLEM_NONE when the body is to be read */
    int64_t began_us;
    void (*send)(struct exchange *exchange); /* takes the finished response; the exchange is gone after it */
};

/* Reads method, path, id and query string. */
void request_open(struct request *request, const struct responder *responder, struct arena *arena,
                  const struct fastcgi *input);
/* Has the body the length that the head declared? */
enum problem request_check_body(const struct request *request) MUST_CHECK;
/* Parses and checks the body by the route's spec; a problem other than NONE has been put into `response`. */
enum problem request_parse_body(struct request *request, struct response *response);
/* Checks the query parameters by the route's spec; a problem other than NONE has been put into `response`. */
enum problem request_parse_query(struct request *request, struct response *response);
void request_close(struct request *request);

/* Renders `problem` when the handler gave one without response_problem(), and applies the ETag. */
void response_finish(struct response *response, enum problem problem);
/* The header block and the body as parts to write, listed in the request's arena (response_send.c). */
struct iovec *response_parts(const struct response *response, size_t *ret_count)
    __attribute__((returns_nonnull));
/* Does a body follow these parts that is made while it is sent? */
bool response_has_more(const struct response *response);
/* `piece` as a part to write. */
struct iovec response_part(const struct response_piece *piece);
void response_close(struct response *response);

/* The head of a request is there: finds its route and judges the token. Returns how many bytes of the body
 * are wanted: none when the request is refused, as exchange->judged then says. */
size_t dispatch_head(struct exchange *exchange, const struct responder *responder, struct arena *arena,
                     const struct fastcgi *input);
/* Everything between a complete request and exchange->send(): see server.h. */
void dispatch(struct exchange *exchange);

#endif
