/* routes.c: the calls of the room of gates: scans, one or many, what a gate needs without a network, and how
 * far admission is. */
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/gates/gates.h"

static const struct route routes[] = {
    {.method = HTTP_POST,
     .pattern = "/tickets/:id/checkin",
     .auth = AUTH_STAFF,
     .body = &ticket_check_in_body,
     .handler = ticket_check_in},
    {.method = HTTP_DELETE, .pattern = "/tickets/:id/checkin", .auth = AUTH_ADMIN, .handler = checkin_undo},
    {.method = HTTP_POST,
     .pattern = "/checkins",
     .auth = AUTH_STAFF,
     .body = &checkin_create_body,
     .handler = checkin_create},
    {.method = HTTP_POST,
     .pattern = "/checkins/batch",
     .auth = AUTH_STAFF,
     .body = &checkin_batch_create_body,
     .handler = checkin_batch_create},
    {.method = HTTP_GET,
     .pattern = "/shows/:id/checkins",
     .auth = AUTH_STAFF,
     .handler = checkin_totals_read},
    {.method = HTTP_GET,
     .pattern = "/shows/:id/checkins/scans",
     .auth = AUTH_STAFF,
     .query = &scan_list_query,
     .handler = scan_list},
    {.method = HTTP_GET,
     .pattern = "/shows/:id/gate-pack",
     .auth = AUTH_STAFF,
     .query = &gate_pack_read_query,
     .handler = gate_pack_read},
};

const struct route_table gates_routes = {routes, ARRAY_LENGTH(routes)};
