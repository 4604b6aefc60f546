/* ticket_code.h: the signed text that a ticket shows at the gate. */
#ifndef TICKETING_TICKETS_TICKET_CODE_H
#define TICKETING_TICKETS_TICKET_CODE_H

#include "common/memory.h"
#include "fcgi/checkout/paper/key_file.h"

/* SQL: whether ticket `t` admits a person. A ticket on its way to a new owner does not. */
#define TICKET_ADMITS                                                                                        \
    "(t.status IN ('valid', 'checked_in') AND NOT EXISTS (SELECT FROM ticket_transfers p "                   \
    "WHERE p.ticket_id = t.id AND p.state = 'pending'))"

/* The signed text of a ticket in the arena; NULL when the ticket does not admit a person: see TICKET_ADMITS.
 */
const char *ticket_code_text(struct ticket_keys *keys, struct arena *arena, bool admits,
                             const char *ticket_id, const char *show_id, const char *seat_id,
                             unsigned revision);

#endif
