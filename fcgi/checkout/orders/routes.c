/* routes.c: the calls of the room of orders: list, read and cancel them; the unpaid ones expire. */
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/orders/orders.h"

static const struct route routes[] = {
    {.method = HTTP_GET,
     .pattern = "/orders",
     .auth = AUTH_USER,
     .query = &order_list_query,
     .handler = order_list},
    {.method = HTTP_GET, .pattern = "/orders/:id", .auth = AUTH_USER, .handler = order_read},
    {.method = HTTP_POST, .pattern = "/orders/:id/cancel", .auth = AUTH_USER, .handler = order_cancel},
};

const struct route_table orders_routes = {routes, ARRAY_LENGTH(routes)};
