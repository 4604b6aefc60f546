/* ticket_files.h: tickets as files for print, screen and calendar. */
#ifndef TICKETING_TICKET_FILES_H
#define TICKETING_TICKET_FILES_H

#include "checkout.h"
#include "ticket_key_file.h"

handler_fn ticket_file_svg;      /* GET /tickets/:id/qr.svg */
handler_fn ticket_file_png;      /* GET /tickets/:id/qr.png */
handler_fn ticket_file_pdf;      /* GET /tickets/:id/ticket.pdf */
handler_fn ticket_file_calendar; /* GET /tickets/:id/event.ics */
handler_fn order_file_pdf;       /* GET /orders/:id/tickets.pdf */
extern const struct field_spec order_pdf_query;
handler_fn ticket_key_list; /* GET /tickets/keys */

/* The signed text of a ticket in the arena; NULL when it admits nobody (any more). `status` is the ticket's.
 */
const char *ticket_file_text(struct ticket_keys *keys, struct arena *arena, const char *status,
                             const char *ticket_id, const char *show_id, const char *seat_id,
                             unsigned revision);

#endif
