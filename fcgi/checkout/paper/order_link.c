/* order_link.c: addresses of the buyer's pages. */
#include "fcgi/checkout/paper/order_link.h"

const char *order_link(struct arena *arena, const char *public_url, const char *order_id)
{
    return order_id == NULL ? arena_printf(arena, "%s/tickets", public_url)
                            : arena_printf(arena, "%s/orders/%s", public_url, order_id);
}
