/* outgoing.h: the one way out: HTTP requests and SMTP deliveries by libcurl, each with limits on time and
 * size.
 *
 * No redirect is followed, no proxy is used, no compressed answer is unpacked, and only http:, https:, smtp:
 * and smtps: exist. Unless the request allows it, a connection to an address that is not public is refused at
 * the moment of connecting, when the name has been resolved: a name that changes its address (DNS rebinding)
 * gains nothing. `curl_*` is used in outgoing*.c only. */
#ifndef TICKETING_OUTGOING_H
#define TICKETING_OUTGOING_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OUTGOING_HEADERS_MAX = 16, OUTGOING_ERROR_SIZE = 256 };

/* Copied when the request starts, so it may go away then. */
struct outgoing_request {
    const char *url;
    const char *method;                        /* NULL: POST with a body, GET without; HTTP only */
    const char *headers[OUTGOING_HEADERS_MAX]; /* "Name: value", without CR and LF; up to the first NULL */
    const char *body;                          /* NULL: none. SMTP: the whole message */
    size_t body_length;
    const char *mail_from, *mail_to; /* SMTP: the envelope's addresses */
    int connect_timeout_ms;          /* 0: 5 s */
    int timeout_ms;                  /* for all of it; 0: 10 s */
    size_t answer_max;               /* bytes of an answer kept; 0: 64 KiB. The rest is not read */
    bool allow_private;              /* addresses that are not public may be reached */
};

enum outgoing_result {
    OUTGOING_ANSWERED,  /* there is a status, and as much of the answer as was allowed */
    OUTGOING_FORBIDDEN, /* the address is not public */
    OUTGOING_BROKEN, /* no connection, no complete answer, or not in time; nobody knows whether it arrived */
};

struct outgoing_answer {
    enum outgoing_result result;
    int status; /* of HTTP, or SMTP's last reply; 0: none came. It may be set without OUTGOING_ANSWERED */
    const char *body; /* NUL-terminated; lives as long as the answer */
    size_t body_length;
    bool cut;                        /* there was more */
    char error[OUTGOING_ERROR_SIZE]; /* in words, for logs; empty when answered */
    int64_t duration_us;
    char *storage; /* of `body` */
};

void outgoing_answer_clear(struct outgoing_answer *answer);
static inline __attribute__((unused)) void outgoing_answer_release_cleanup(struct outgoing_answer *answer)
{
    outgoing_answer_clear(answer);
}

/* Starts libcurl; once, in main(), before other threads exist. */
bool outgoing_init(void) MUST_CHECK;

/* Sends and waits. Any thread. The caller clears the answer (CLEANUP(outgoing_answer_release)). */
void outgoing_perform(const struct outgoing_request *request, struct outgoing_answer *ret_answer);

/* Many at once on one thread. */
struct outgoing_set;
struct outgoing_set *outgoing_set_new(void);
/* Those under way are broken off, without a word. */
void outgoing_set_free(struct outgoing_set *set);
/* Starts a request; `context` comes back with its answer. */
void outgoing_set_add(struct outgoing_set *set, const struct outgoing_request *request, void *context);
size_t outgoing_set_under_way(const struct outgoing_set *set);

/* `answer` lives until the function returns. */
typedef void outgoing_done_fn(void *context, const struct outgoing_answer *answer, void *user);
/* Lets them go on until one has ended or `wait_ms` are over; calls `done` for each that ended. Returns how
 * many.
 */
size_t outgoing_set_wait(struct outgoing_set *set, int wait_ms, outgoing_done_fn *done, void *user);

#endif
