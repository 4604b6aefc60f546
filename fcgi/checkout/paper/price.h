/* price.h: money for people. */
#ifndef TICKETING_PAPER_PRICE_H
#define TICKETING_PAPER_PRICE_H

#include <stdint.h>

enum { TICKET_PRICE_SIZE = 48 };

/* Digits behind the decimal point of a currency (ISO 4217); 2 for one that is not known. */
int ticket_price_exponent(const char *currency);
/* `amount` minor units, e.g. "1,200,000 VND" or "12.50 EUR". `currency` has three letters. */
void ticket_price_format(int64_t amount, const char *currency, char ret_text[static TICKET_PRICE_SIZE]);

#endif
