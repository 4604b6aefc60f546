/* page.h: the page of the provider `test`. */
#ifndef TICKETING_PAYMENTS_SANDBOX_PAGE_H
#define TICKETING_PAYMENTS_SANDBOX_PAGE_H

#include "fcgi/checkout/payments/payments_db.h"

/* What the page may do: nothing but post its form back. */
#define PAYMENT_PAGE_POLICY "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/* The page as HTML, in the arena: the buttons while the payment can be made, else what became of it. */
const char *payment_page_html(struct arena *arena, const struct payment *payment);

#endif
