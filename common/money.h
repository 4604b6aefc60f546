/* money.h: currencies and amounts of ISO 4217: what one minor unit is, and how people read an amount. */
#ifndef TICKETING_MONEY_H
#define TICKETING_MONEY_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stdint.h>

enum { MONEY_TEXT_SIZE = 48 };

/* Is this a currency that tickets can be sold in? `currency` is any text; codes have capital letters. Metals,
 * bond units, and the codes for tests and for no currency (XAU, XBA, XTS …) are none. */
bool money_is_currency(const char *currency) MUST_CHECK;

/* `amount` minor units as "1,200,000 VND" or "12.50 EUR"; below 0 with a minus sign. `currency` has three
 * letters; one that is not known has two digits behind the point. */
void money_format(int64_t amount, const char *currency, char ret_text[static MONEY_TEXT_SIZE]);

/* The same amount for programs: "1200000" or "12.50". */
void money_decimal(int64_t amount, const char *currency, char ret_text[static MONEY_TEXT_SIZE]);

#endif
