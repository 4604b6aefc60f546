/* outbox.h: the room of the outbox: events on their way to receivers, by webhook and by mail. */
#ifndef TICKETING_OUTBOX_H
#define TICKETING_OUTBOX_H

#include "common/router.h"

extern const struct route_table outbox_routes;

extern const struct field_spec webhook_endpoint_create_body;
extern const struct field_spec webhook_endpoint_update_body;
extern const struct field_spec webhook_endpoint_replay_body;
extern const struct field_spec webhook_secret_create_body;
extern const struct field_spec event_log_list_query;

handler_fn webhook_endpoint_create; /* POST /webhooks/endpoints */
handler_fn webhook_endpoint_list;   /* GET /webhooks/endpoints */
handler_fn webhook_endpoint_read;   /* GET /webhooks/endpoints/:id */
handler_fn webhook_endpoint_update; /* PATCH /webhooks/endpoints/:id */
handler_fn webhook_secret_create;   /* POST /webhooks/endpoints/:id/secret */
handler_fn webhook_endpoint_delete; /* DELETE /webhooks/endpoints/:id */
handler_fn webhook_endpoint_replay; /* POST /webhooks/endpoints/:id/replay */
handler_fn event_log_list;          /* GET /events-log */

#endif
