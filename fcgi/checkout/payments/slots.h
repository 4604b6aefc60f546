/* slots.h: how many requests may wait for a payment provider at once; and the requests of provider
 * `test`, which sends its events the way a real provider does, from outside. */
#ifndef TICKETING_PAYMENTS_SLOTS_H
#define TICKETING_PAYMENTS_SLOTS_H

#include "common/cleanup.h"
#include <stdbool.h>

struct payment_call; /* opaque; shared between threads */

/* Allows `concurrency` calls at once: each keeps a thread busy, and the webhook that it calls needs another.
 */
struct payment_call *payment_call_new(int concurrency);
void payment_call_free(struct payment_call *call);

/* Takes a place for a call that keeps a thread of the server busy, and gives it back; false: all are taken.
 */
bool payment_call_begin(struct payment_call *call) MUST_CHECK;
void payment_call_end(struct payment_call *call);

struct payment_post {
    const char *url;
    const char *body;       /* JSON */
    const char *signature;  /* value of WEBHOOK_SIGNATURE_HEADER */
    const char *request_id; /* ties the log lines together */
};

/* Posts and waits, at most 5 seconds; redirects are not followed. The HTTP status, or -1 when there was no
 * answer or too many calls are under way. */
int payment_call_post(struct payment_call *call, const struct payment_post *post) MUST_CHECK;

#endif
