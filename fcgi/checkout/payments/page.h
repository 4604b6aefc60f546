/* page.h: a page where the buyer pays, made by the provider. */
#ifndef TICKETING_PAYMENTS_PAGE_H
#define TICKETING_PAYMENTS_PAGE_H

#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/orders/orders_db.h"
#include "fcgi/checkout/payments/attempts_db.h"

/* Has the provider make the page of a new order's payment, so that the buyer's way to it is short. Failing
 * does no harm: opening payment.url tries again. */
void payment_prepare(const struct checkout *checkout, struct arena *arena, const struct order *order);

#endif
