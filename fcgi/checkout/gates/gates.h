/* gates.h: the room of gates: scans, one or many, what a gate needs without a network, and how far admission
 * is. */
#ifndef TICKETING_GATES_H
#define TICKETING_GATES_H

#include "common/router.h"

extern const struct route_table gates_routes;

extern const struct field_spec checkin_body;
extern const struct field_spec checkin_scan_body;
extern const struct field_spec checkin_batch_body;
extern const struct field_spec gate_pack_query;
extern const struct field_spec scan_list_query;

handler_fn ticket_checkin;      /* POST /tickets/:id/checkin */
handler_fn ticket_checkin_undo; /* DELETE /tickets/:id/checkin */
handler_fn checkin_create;      /* POST /checkins */
handler_fn checkin_batch;       /* POST /checkins/batch */
handler_fn checkin_totals;      /* GET /shows/:id/checkins */
handler_fn scan_list;           /* GET /shows/:id/checkins/scans */
handler_fn gate_pack;           /* GET /shows/:id/gate-pack */

#endif
