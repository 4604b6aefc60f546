/* order_json.h: an order as the API shows it. */
#ifndef TICKETING_ORDERS_ORDER_JSON_H
#define TICKETING_ORDERS_ORDER_JSON_H

#include "fcgi/checkout/orders/orders_db.h"
#include <jansson.h>

/* `{id, status, showId, total, currency, createdAt, expiresAt, paidAt, note, tickets, payment, refunds}`;
 * payment.url is there while the order waits for it. `public_url` is PUBLIC_URL. The caller owns it; NULL
 * when the tickets are not JSON. */
json_t *order_json(const struct order *order, const char *public_url);

/* The same as text; an order_render_fn. */
const char *order_json_text(struct arena *arena, const struct order *order, const void *public_url);

#endif
