/* tickets.h: the room of tickets: list and read them, as files, and passed on to another person. */
#ifndef TICKETING_TICKETS_H
#define TICKETING_TICKETS_H

#include "common/router.h"

extern const struct route_table tickets_routes;

extern const struct field_spec order_pdf_read_query;
extern const struct field_spec transfer_create_body;
extern const struct field_spec transfer_claim_body;

handler_fn order_pdf_read;       /* GET /orders/:id/tickets.pdf */
handler_fn ticket_list;          /* GET /tickets */
handler_fn ticket_key_list;      /* GET /tickets/keys */
handler_fn ticket_read;          /* GET /tickets/:id */
handler_fn ticket_svg_read;      /* GET /tickets/:id/qr.svg */
handler_fn ticket_png_read;      /* GET /tickets/:id/qr.png */
handler_fn ticket_pdf_read;      /* GET /tickets/:id/ticket.pdf */
handler_fn ticket_calendar_read; /* GET /tickets/:id/event.ics */
handler_fn transfer_create;      /* POST /tickets/:id/transfer */
handler_fn transfer_take_back;   /* DELETE /tickets/:id/transfer */
handler_fn transfer_claim;       /* POST /tickets/claim */

#endif
