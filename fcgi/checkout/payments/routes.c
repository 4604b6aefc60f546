/* routes.c: the calls of the room of payments: the provider, its webhooks and page, refunds, money that an
 * admin has seen. */
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/payments/by_hand.h"
#include "fcgi/checkout/payments/payments.h"

static const struct route routes[] = {
    {.method = HTTP_POST,
     .pattern = "/orders/:id/refund",
     .auth = AUTH_ADMIN,
     .body = &order_refund_body,
     .handler = order_refund},
    {.method = HTTP_POST,
     .pattern = "/orders/:id/mark-paid",
     .auth = AUTH_ADMIN,
     .body = &by_hand_body,
     .handler = order_mark_paid},
    {.method = HTTP_GET,
     .pattern = "/refunds",
     .auth = AUTH_ADMIN,
     .query = &refund_list_query,
     .handler = refund_list},
    {.method = HTTP_POST,
     .pattern = "/refunds/:id/mark-done",
     .auth = AUTH_ADMIN,
     .body = &by_hand_body,
     .handler = refund_mark_done},
    {.method = HTTP_GET,
     .pattern = "/payments/events",
     .auth = AUTH_ADMIN,
     .query = &page_query,
     .handler = payment_event_list},
    {.method = HTTP_GET,
     .pattern = "/payments/outside",
     .auth = AUTH_ADMIN,
     .query = &page_query,
     .handler = payment_outside_list},
    {.method = HTTP_GET,
     .pattern = "/payments/*provider/:id",
     .auth = AUTH_NONE,
     .handler = payment_page_show},
    {.method = HTTP_POST,
     .pattern = "/payments/*provider/:id",
     .auth = AUTH_NONE,
     .handler = payment_page_settle},
    {.method = HTTP_POST,
     .pattern = "/webhooks/payments/*provider",
     .auth = AUTH_NONE,
     .handler = payment_webhook},
};

const struct route_table payments_routes = {routes, ARRAY_LENGTH(routes)};
