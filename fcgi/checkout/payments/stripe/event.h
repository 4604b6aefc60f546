/* event.h: what Stripe tells: events (docs.stripe.com/api/events/types) and sessions. */
#ifndef TICKETING_PAYMENTS_STRIPE_EVENT_H
#define TICKETING_PAYMENTS_STRIPE_EVENT_H

#include "fcgi/checkout/payments/provider.h"
#include <jansson.h>

/* See payments/provider.h. The signature is in the header Stripe-Signature. */
enum problem stripe_read_event(const struct config *config, struct request *request,
                               struct response *response, struct payment_event *ret_event) MUST_CHECK;

/* What a Checkout Session has come to; texts are copied into the arena. False when it is none. */
bool stripe_session_state(struct arena *arena, const json_t *session,
                          struct payment_state *ret_state) MUST_CHECK;

#endif
