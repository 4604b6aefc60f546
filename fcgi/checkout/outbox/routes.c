/* routes.c: the calls of the room of the outbox: events on their way to receivers, by webhook and by mail. */
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/outbox/outbox.h"

static const struct route routes[] = {
    {.method = HTTP_POST,
     .pattern = "/webhooks/endpoints",
     .auth = AUTH_ADMIN,
     .body = &webhook_endpoint_body,
     .handler = webhook_endpoint_create},
    {.method = HTTP_GET,
     .pattern = "/webhooks/endpoints",
     .auth = AUTH_ADMIN,
     .handler = webhook_endpoint_list},
    {.method = HTTP_GET,
     .pattern = "/webhooks/endpoints/:id",
     .auth = AUTH_ADMIN,
     .handler = webhook_endpoint_read},
    {.method = HTTP_DELETE,
     .pattern = "/webhooks/endpoints/:id",
     .auth = AUTH_ADMIN,
     .handler = webhook_endpoint_delete},
    {.method = HTTP_POST,
     .pattern = "/webhooks/endpoints/:id/replay",
     .auth = AUTH_ADMIN,
     .body = &webhook_replay_body,
     .handler = webhook_endpoint_replay},
    {.method = HTTP_GET,
     .pattern = "/events-log",
     .auth = AUTH_ADMIN,
     .query = &events_log_query,
     .handler = events_log_list},
};

const struct route_table outbox_routes = {routes, ARRAY_LENGTH(routes)};
