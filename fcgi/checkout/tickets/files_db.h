/* files_db.h: what a ticket's papers need from the database. Texts returned live in the arena given.
 */
#ifndef TICKETING_TICKETS_FILES_DB_H
#define TICKETING_TICKETS_FILES_DB_H

#include "common/db.h"
#include "fcgi/checkout/paper/document.h"

struct ticket_paper {
    struct ticket_document document; /* all but `qr` */
    const char *show_id;
    bool admits;       /* somebody, now */
    unsigned revision; /* for ticket_qr_write() */
};

/* DB_NONE when it does not exist, is unpaid, or is somebody else's and `any_owner` is false. */
enum db_status ticket_files_db_ticket(struct db_pool *pool, struct arena *arena, const char *ticket_id,
                                      const char *user_id, bool any_owner,
                                      struct ticket_paper *ret_paper) MUST_CHECK;

struct ticket_papers {
    const char *order_status;
    size_t count;
    struct ticket_paper *items; /* those that admit somebody and are still the buyer's, by place */
};

/* DB_NONE when there is no such order of the user. */
enum db_status ticket_files_db_order(struct db_pool *pool, struct arena *arena, const char *order_id,
                                     const char *user_id, struct ticket_papers *ret_papers) MUST_CHECK;

#endif
