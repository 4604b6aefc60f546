/* page.h: a page where the buyer pays, made by the provider. */
#ifndef TICKETING_PAYMENTS_PAGE_H
#define TICKETING_PAYMENTS_PAGE_H

#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/orders/orders_db.h"
#include "fcgi/checkout/payments/attempts_db.h"

/* Finds the open page of a payment or has one made: the attempt is written down, then the provider asked,
 * then its answer written down, with no database connection held meanwhile. DB_UNAVAILABLE also when the
 * provider gave no usable answer; the next call asks it again under the same number. */
enum db_status payment_open(const struct checkout *checkout, struct arena *arena, const char *payment_id,
                            struct opened_payment *ret_opened) MUST_CHECK;

/* The same for a new order, so that the buyer's way to the page is short. Failing does no harm: opening
 * payment.url tries again. */
void payment_prepare(const struct checkout *checkout, struct arena *arena, const struct order *order);

#endif
