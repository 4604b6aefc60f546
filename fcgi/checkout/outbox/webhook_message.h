/* webhook_message.h: what a webhook endpoint gets: the event as JSON, its id, and a signature in Stripe's
 * scheme (webhook_signature.h) made with the endpoint's secret. */
#ifndef TICKETING_OUTBOX_WEBHOOK_MESSAGE_H
#define TICKETING_OUTBOX_WEBHOOK_MESSAGE_H

#include "common/outgoing.h"
#include "fcgi/checkout/outbox/outbox_db.h"

/* The request lives in the arena. `now`: seconds since the epoch, signed. */
void webhook_message(struct arena *arena, const struct delivery *delivery, int64_t now, bool allow_private,
                     struct outgoing_request *ret_request);

/* What the receiver's answer means: an outcome of finish_delivery(); `*ret_error` says why it is not
 * delivered, or is NULL. */
const char *webhook_outcome(struct arena *arena, const struct outgoing_answer *answer,
                            const char **ret_error);

#endif
