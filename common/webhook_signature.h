/* webhook_signature.h: what shows that an event comes from the provider: the header
 *
 *     Ticketing-Signature: t=<seconds since the epoch>,v1=<HMAC-SHA256 of "<t>.<body>", hex>[,v1=…]
 *
 * It is Stripe's scheme (docs.stripe.com/webhooks, "Verify webhook signatures manually"). The time is signed
 * too, so an event caught on the wire cannot be sent again much later. While a secret is changed there are
 * two, separated by a comma: each signs, and a receiver takes either signature. */
#ifndef TICKETING_WEBHOOK_SIGNATURE_H
#define TICKETING_WEBHOOK_SIGNATURE_H

#include "common/cleanup.h"
#include "common/memory.h"
#include <stdbool.h>
#include <stdint.h>

#define WEBHOOK_SIGNATURE_HEADER "Ticketing-Signature"
enum { WEBHOOK_SIGNATURE_TOLERANCE_SECONDS = 300 };

/* The header's value for a body sent at `now`, with a signature for each of `secrets`; in the arena. Without
 * any secret it has an empty one, which nobody takes. */
const char *webhook_signature_make(struct arena *arena, const char *secrets, const void *body, size_t length,
                                   int64_t now);

/* True when the header (NULL: none) signs exactly this body with one of `secrets`, not more than the
 * tolerance away from `now`. Takes the same time for every wrong secret and character. */
bool webhook_signature_verify(struct arena *arena, const char *secrets, const char *header, const void *body,
                              size_t length, int64_t now) MUST_CHECK;

#endif
