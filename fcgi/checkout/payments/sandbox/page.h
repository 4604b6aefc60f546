/* page.h: the page of the provider `test`. */
#ifndef TICKETING_PAYMENTS_SANDBOX_PAGE_H
#define TICKETING_PAYMENTS_SANDBOX_PAGE_H

#include "fcgi/checkout/payments/payments_db.h"
#include "fcgi/checkout/payments/sandbox/page_words.h"

/* What the page may do: look like the site's other pages and post its form back. It has no script. */
#define PAYMENT_PAGE_POLICY                                                                                  \
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "            \
    "frame-ancestors 'none'"

/* The page as HTML, in the arena: the buttons while the payment can be made, else what became of it. The
 * payment was read in the language of the words. */
const char *payment_page_html(struct arena *arena, const struct payment *payment,
                              const struct page_words *words);

#endif
