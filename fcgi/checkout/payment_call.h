/* payment_call.h: outgoing requests of the provider `test`: it sends its events the way a real provider does,
 * from outside. */
#ifndef TICKETING_PAYMENT_CALL_H
#define TICKETING_PAYMENT_CALL_H

#include "common/cleanup.h"
#include <stdbool.h>

struct payment_call; /* opaque; shared between threads */

/* Allows `concurrency` calls at once: each keeps a thread busy, and the webhook that it calls needs another.
 * NULL when libcurl cannot start. Call before other threads exist (curl_global_init). */
struct payment_call *payment_call_new(int concurrency) MUST_CHECK;
void payment_call_free(struct payment_call *call);

struct payment_post {
    const char *url;
    const char *body;       /* JSON */
    const char *signature;  /* value of PAYMENT_SIGNATURE_HEADER */
    const char *request_id; /* ties the log lines together */
};

/* Posts and waits, at most 5 seconds; redirects are not followed. The HTTP status, or -1 when there was no
 * answer or too many calls are under way. */
int payment_call_post(struct payment_call *call, const struct payment_post *post) MUST_CHECK;

#endif
