/* order_json.c: an order as JSON. */
#include "fcgi/checkout/orders/order_json.h"
#include <stdlib.h>
#include <string.h>

static json_t *payment_json(const struct order *order, const struct order_view *view)
{
    if (order->payment_id == NULL) {
        return json_null();
    }
    json_t *payment =
        json_pack("{s:s, s:s}", "provider", order->payment_provider, "status", order->payment_status);
    if (strcmp(order->status, "pending") == 0) {
        CLEANUP(free)
        char *url = view->payment_url(view->public_url, order->payment_provider, order->payment_id);
        if (url != NULL) {
            json_object_set_new(payment, "url", json_string(url));
        }
    }
    return payment;
}

json_t *order_json(const struct order *order, const struct order_view *view)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s?, s:s?, s:s?, s:o, s:o, s:o}", "id",
                             order->id, "status", order->status, "showId", order->show_id, "total",
                             (json_int_t)order->total, "currency", order->currency, "createdAt",
                             order->created_at, "expiresAt", order->expires_at, "paidAt", order->paid_at,
                             "note", order->note, "tickets", json_loads(order->tickets, 0, NULL), "payment",
                             payment_json(order, view), "refunds", json_loads(order->refunds, 0, NULL));
    if (order->admin_note != NULL) {
        json_object_set_new(json, "adminNote", json_string(order->admin_note));
    }
    if (order->buyer_id != NULL) {
        json_object_set_new(json, "buyer",
                            json_pack("{s:s, s:s, s:s}", "id", order->buyer_id, "name", order->buyer_name,
                                      "email", order->buyer_email));
    }
    if (order->outside != NULL) {
        json_object_set_new(json, "outsideMoney", json_loads(order->outside, 0, NULL));
    }
    return json;
}

const char *order_json_text(struct arena *arena, const struct order *order, const void *view)
{
    json_auto_t *json = order_json(order, view);
    CLEANUP(free) char *text = json_dumps(json, JSON_COMPACT);
    return arena_text(arena, text == NULL ? "{}" : text);
}

void order_for_buyer(struct order *order)
{
    order->admin_note = NULL;
    order->outside = NULL;
    order->buyer_id = NULL;
}
