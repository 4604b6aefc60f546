/* ticket_code.c: the code of a ticket, as long as the ticket admits a person. */
#include "fcgi/checkout/tickets/ticket_code.h"
#include "fcgi/checkout/paper/qr.h"

const char *ticket_code_text(struct ticket_keys *keys, struct arena *arena, bool admits,
                             const char *ticket_id, const char *show_id, const char *seat_id,
                             unsigned revision)
{
    if (!admits) {
        return NULL;
    }
    char text[TICKET_QR_SIZE];
    const struct ticket_ring *ring = ticket_keys_borrow(keys);
    bool written = ticket_qr_write(ring, ticket_id, show_id, seat_id, revision, text);
    ticket_keys_return(keys, ring);
    return written ? arena_text(arena, text) : NULL;
}
