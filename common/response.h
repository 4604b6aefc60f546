/* response.h: how a handler answers. Each function that ends a handler returns the value the handler returns:
 *
 *     return response_json(response, 201, json_pack(…));
 *     return response_problem(response, PROBLEM_HOLD_LIMIT, "at most %d seats", limit);
 *     return PROBLEM_SHOW_NOT_FOUND;          // the table's title is enough
 *
 * Nothing is sent before the handler has returned. */
#ifndef TICKETING_RESPONSE_H
#define TICKETING_RESPONSE_H

#include "common/cleanup.h"
#include "common/fault.h"
#include "common/problem.h"
#include "common/response_piece.h"
#include <jansson.h>

struct response; /* opaque; used by one thread */

/* Answers with JSON and steals the reference; NULL (json_pack ran out of memory or got a wrong format)
 * becomes a 500. */
enum problem response_json(struct response *response, int status, json_t *body_stolen) MUST_CHECK;
/* Answers with bytes, copied. */
enum problem response_bytes(struct response *response, int status, const char *content_type, const void *body,
                            size_t length) MUST_CHECK;
/* Answers with bytes that many answers share, in pieces: nothing is copied. `pieces` and what they point to
 * must stay as they are until `release` is called with `owner`, once the answer has been sent or given up. */
enum problem response_shared(struct response *response, int status, const char *content_type,
                             const struct response_piece *pieces, size_t count, void (*release)(void *owner),
                             void *owner) MUST_CHECK;
/* Answers 200 with a body that is made while it is sent: however long it is, one piece of it is in memory.
 * When the web server has taken a piece, `next` makes the following one, on any thread but on one at a time;
 * it may wait as a handler may, and no thread waits for the web server. A piece stays as it is until `next`
 * is called again or `release`, which comes last, whatever happens. */
enum problem response_stream(struct response *response, const char *content_type, stream_fn *next,
                             void (*release)(void *owner), void *owner) MUST_CHECK;
/* Answers without a body (204). */
enum problem response_empty(struct response *response, int status) MUST_CHECK;
/* Answers with a problem and a detail that says what is wrong, in a sentence. */
enum problem response_problem(struct response *response, enum problem problem, const char *detail_format, ...)
    PRINTF_LIKE(3, 4) MUST_CHECK;
/* 422 VALIDATION_FAILED with `errors`. */
enum problem response_faults(struct response *response, const struct fault_list *faults) MUST_CHECK;
/* Answers for a body that jansson refused. Syntax and UTF-8 faults are 400; text that is JSON but cannot be
 * taken (too big a number, a name twice, NUL) is 422. */
enum problem response_json_fault(struct response *response, const json_error_t *error) MUST_CHECK;
/* 503 with Retry-After: the answer of a handler when a function of db.h returned DB_UNAVAILABLE. */
enum problem response_unavailable(struct response *response, int retry_after_seconds) MUST_CHECK;

/* A further member of the problem object, e.g. `seats`; steals the reference. Call before or after
 * response_problem(). */
void response_problem_member(struct response *response, const char *name, json_t *value_stolen);
/* A header; both strings are copied. CR and LF in the value are a programming error (assertion). */
void response_header(struct response *response, const char *name, const char *value);
/* Sets a weak ETag (RFC 9110 §8.8.3) made of the formatted text; when If-None-Match has it, the server sends
 * 304 without the body. */
void response_etag(struct response *response, const char *format, ...) PRINTF_LIKE(2, 3);
/* True when the request already has the ETag just set: the handler may skip the work and return
 * response_empty(response, 304). */
bool response_not_modified(const struct response *response);

/* Ends a request whose handler returned PROBLEM_LATER, with what the handler would have returned. On any
 * thread; the request and all that lives as long as it are gone when this returns. */
void response_resume(struct response *response, enum problem problem);

#endif
