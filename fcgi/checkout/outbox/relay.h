/* relay.h: carries events from the outbox to their receivers: webhook endpoints, and buyers by mail.
 *
 * One task queues new events, another sends what is due: many transfers at once on its one thread, so that a
 * receiver that hangs costs a place in a list and not a thread. Any number of hosts may run both. */
#ifndef TICKETING_OUTBOX_RELAY_H
#define TICKETING_OUTBOX_RELAY_H

#include "common/cleanup.h"

struct relay; /* opaque; used by the two tasks */

struct relay *relay_new(void) __attribute__((returns_nonnull));
void relay_free(struct relay *relay);

/* Background tasks; `context` is a struct checkout. */
void relay_dispatch_run(void *context);
void relay_deliver_run(void *context);

#endif
