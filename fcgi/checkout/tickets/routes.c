/* routes.c: the calls of the room of tickets: list and read them, as files, and passed on to another person.
 */
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/tickets/tickets.h"

static const struct route routes[] = {
    {.method = HTTP_GET,
     .pattern = "/orders/:id/tickets.pdf",
     .auth = AUTH_USER,
     .query = &order_pdf_read_query,
     .handler = order_pdf_read},
    {.method = HTTP_GET,
     .pattern = "/tickets",
     .auth = AUTH_USER,
     .query = &page_query,
     .handler = ticket_list},
    {.method = HTTP_GET, .pattern = "/tickets/keys", .auth = AUTH_NONE, .handler = ticket_key_list},
    {.method = HTTP_GET, .pattern = "/tickets/:id", .auth = AUTH_USER, .handler = ticket_read},
    {.method = HTTP_GET, .pattern = "/tickets/:id/qr.svg", .auth = AUTH_USER, .handler = ticket_svg_read},
    {.method = HTTP_GET, .pattern = "/tickets/:id/qr.png", .auth = AUTH_USER, .handler = ticket_png_read},
    {.method = HTTP_GET, .pattern = "/tickets/:id/ticket.pdf", .auth = AUTH_USER, .handler = ticket_pdf_read},
    {.method = HTTP_GET,
     .pattern = "/tickets/:id/event.ics",
     .auth = AUTH_USER,
     .handler = ticket_calendar_read},
    {.method = HTTP_POST,
     .pattern = "/tickets/:id/transfer",
     .auth = AUTH_USER,
     .body = &transfer_create_body,
     .handler = transfer_create},
    {.method = HTTP_DELETE,
     .pattern = "/tickets/:id/transfer",
     .auth = AUTH_USER,
     .handler = transfer_take_back},
    {.method = HTTP_POST,
     .pattern = "/tickets/claim",
     .auth = AUTH_USER,
     .body = &transfer_claim_body,
     .handler = transfer_claim},
};

const struct route_table tickets_routes = {routes, ARRAY_LENGTH(routes)};
