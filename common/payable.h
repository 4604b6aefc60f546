/* payable.h: which amounts a payment provider can express in a currency. A pure table, so that events can
 * judge the prices of a show when it is saved, and checkout the total of an order and each refund. */
#ifndef TICKETING_PAYABLE_H
#define TICKETING_PAYABLE_H

#include <stdbool.h>
#include <stdint.h>

/* The step, in ISO 4217 minor units, that every amount must be a multiple of: 1 unless the provider rounds.
 * `provider` is a name of PAYMENT_PROVIDER; `currency` three capital letters. Source:
 * docs.stripe.com/currencies. */
int64_t payable_step(const char *provider, const char *currency);

/* The least amount, in minor units, that `provider` takes in one payment; 1 when it says nothing of it. A
 * refund may be smaller. Source: docs.stripe.com/currencies, "minimum and maximum charge amounts". */
int64_t payable_least(const char *provider, const char *currency);

/* Whether `provider` can take and give back exactly `amount` (≥ 0, minor units). Nothing is always payable.
 */
bool payable_amount(const char *provider, const char *currency, int64_t amount);

#endif
