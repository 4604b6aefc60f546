/* order_json.h: an order as the API shows it. */
#ifndef TICKETING_ORDERS_ORDER_JSON_H
#define TICKETING_ORDERS_ORDER_JSON_H

#include "fcgi/checkout/orders/orders_db.h"
#include <jansson.h>

/* What an order's JSON needs besides the order. The room of payments makes the address, so that this room
 * does not know it. */
struct order_view {
    const char *public_url; /* PUBLIC_URL */
    /* Where the buyer pays; NULL when the provider has no page. The caller frees it. */
    char *(*payment_url)(const char *public_url, const char *provider, const char *payment_id);
};

/* `{id, status, showId, total, currency, createdAt, expiresAt, paidAt, note, tickets, payment, refunds}`;
 * payment.url is there while the order waits for it. The caller owns it; NULL when the tickets are not JSON.
 */
json_t *order_json(const struct order *order, const struct order_view *view);

/* The same as text; an order_render_fn, `view` is a struct order_view. */
const char *order_json_text(struct arena *arena, const struct order *order, const void *view);

/* Leaves out what only admins see. */
void order_for_buyer(struct order *order);

#endif
