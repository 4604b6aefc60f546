/* order_link.h: where a person finds what mails and calendar files speak of. Every such link is made here. */
#ifndef TICKETING_PAPER_ORDER_LINK_H
#define TICKETING_PAPER_ORDER_LINK_H

#include "common/memory.h"

/* The page of an order, for its buyer, in the arena. NULL for `order_id`: the page of all tickets of a
 * person, also of those that were passed on to them. `public_url` has no slash at its end. */
const char *order_link(struct arena *arena, const char *public_url, const char *order_id);

#endif
