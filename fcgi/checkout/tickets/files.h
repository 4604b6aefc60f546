/* files.h: tickets as files for print, screen and calendar. */
#ifndef TICKETING_TICKETS_FILES_H
#define TICKETING_TICKETS_FILES_H

#include "fcgi/checkout/paper/key_file.h"

#include "common/memory.h"

/* The signed text of a ticket in the arena; NULL when it admits nobody (any more). `status` is the ticket's.
 */
const char *ticket_file_text(struct ticket_keys *keys, struct arena *arena, const char *status,
                             const char *ticket_id, const char *show_id, const char *seat_id,
                             unsigned revision);

#endif
