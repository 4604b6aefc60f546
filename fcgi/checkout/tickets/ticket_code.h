/* ticket_code.h: the signed text that a ticket shows at the gate. */
#ifndef TICKETING_TICKETS_TICKET_CODE_H
#define TICKETING_TICKETS_TICKET_CODE_H

#include "common/memory.h"
#include "fcgi/checkout/paper/key_file.h"

/* The signed text of a ticket in the arena; NULL when it admits nobody (any more). `status` is the ticket's.
 */
const char *ticket_code_text(struct ticket_keys *keys, struct arena *arena, const char *status,
                             const char *ticket_id, const char *show_id, const char *seat_id,
                             unsigned revision);

#endif
