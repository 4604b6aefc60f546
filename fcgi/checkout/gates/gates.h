/* gates.h: the room of gates: scans, one or many, what a gate needs without a network, and how far admission
 * is. */
#ifndef TICKETING_GATES_H
#define TICKETING_GATES_H

#include "common/router.h"

extern const struct route_table gates_routes;

extern const struct field_spec ticket_check_in_body;
extern const struct field_spec checkin_create_body;
extern const struct field_spec checkin_batch_create_body;
extern const struct field_spec gate_pack_read_query;
extern const struct field_spec scan_list_query;

handler_fn ticket_check_in;      /* POST /tickets/:id/checkin */
handler_fn checkin_undo;         /* DELETE /tickets/:id/checkin */
handler_fn checkin_create;       /* POST /checkins */
handler_fn checkin_batch_create; /* POST /checkins/batch */
handler_fn checkin_totals_read;  /* GET /shows/:id/checkins */
handler_fn scan_list;            /* GET /shows/:id/checkins/scans */
handler_fn gate_pack_read;       /* GET /shows/:id/gate-pack */

#endif
