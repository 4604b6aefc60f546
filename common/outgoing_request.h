/* outgoing_request.h: what is sent out by outgoing.h, and what comes back. */
#ifndef TICKETING_OUTGOING_REQUEST_H
#define TICKETING_OUTGOING_REQUEST_H

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
    bool about_mail;  /* SMTP: the last command was about this mail (RCPT, DATA), not about the server */
    const char *body; /* NUL-terminated; lives as long as the answer */
    size_t body_length;
    bool cut;                        /* there was more */
    char error[OUTGOING_ERROR_SIZE]; /* in words, for logs; empty when answered */
    int64_t duration_us;
    char *storage; /* of `body` */
};

/* Frees the body. */
void outgoing_answer_clear(struct outgoing_answer *answer);
static inline __attribute__((unused)) void outgoing_answer_release_cleanup(struct outgoing_answer *answer)
{
    outgoing_answer_clear(answer);
}

#endif
