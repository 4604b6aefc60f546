/* webhook_endpoints.h: who is told of events, and the log of all events; for admins. */
#ifndef TICKETING_WEBHOOK_ENDPOINTS_H
#define TICKETING_WEBHOOK_ENDPOINTS_H

#include "common/router.h"

handler_fn webhook_endpoint_create; /* POST /webhooks/endpoints */
handler_fn webhook_endpoint_list;   /* GET /webhooks/endpoints */
handler_fn webhook_endpoint_read;   /* GET /webhooks/endpoints/:id */
handler_fn webhook_endpoint_delete; /* DELETE /webhooks/endpoints/:id */
handler_fn webhook_endpoint_replay; /* POST /webhooks/endpoints/:id/replay */
handler_fn events_log_list;         /* GET /events-log */

extern const struct field_spec webhook_endpoint_body;
extern const struct field_spec webhook_replay_body;
extern const struct field_spec events_log_query;

#endif
