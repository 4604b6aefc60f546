/* amount.h: amounts as Stripe wants them (docs.stripe.com/currencies): its smallest unit is
 * that of ISO 4217 but for a few currencies. */
#ifndef TICKETING_PAYMENTS_STRIPE_AMOUNT_H
#define TICKETING_PAYMENTS_STRIPE_AMOUNT_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stdint.h>

/* `minor` (≥ 0, ISO 4217 minor units) in Stripe's units. False when Stripe cannot express it: MGA takes whole
 * units only, and three-decimal currencies are rounded to ten. */
bool stripe_amount_make(int64_t minor, const char *currency, int64_t *ret_amount) MUST_CHECK;

/* The reverse. `currency` in capital letters. False when it does not fit ISO 4217. */
bool stripe_amount_read(int64_t amount, const char *currency, int64_t *ret_minor) MUST_CHECK;

#endif
