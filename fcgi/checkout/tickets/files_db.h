/* files_db.h: what a ticket's papers need from the database. Texts returned live in the arena given.
 */
#ifndef TICKETING_TICKETS_FILES_DB_H
#define TICKETING_TICKETS_FILES_DB_H

#include "common/db.h"
#include "common/field_spec.h"
#include "fcgi/checkout/paper/document.h"

struct ticket_paper {
    struct ticket_document document; /* all but `qr` */
    const char *show_id;
    bool admits;       /* a person, now */
    unsigned revision; /* for ticket_qr_write() */
};

/* DB_NONE when it does not exist, is unpaid, or belongs to another user and `any_owner` is false. */
enum db_status ticket_files_db_ticket(struct db_pool *pool, struct arena *arena, const char *ticket_id,
                                      const char *user_id, bool any_owner,
                                      struct ticket_paper *ret_paper) MUST_CHECK;

struct ticket_papers {
    const char *order_status; /* NULL: not of one order */
    size_t count;
    struct ticket_paper *items; /* by place */
};

/* The tickets of an order that admit a person and are still the buyer's. DB_NONE when there is no such order
 * of the user. */
enum db_status ticket_files_db_order(struct db_pool *pool, struct arena *arena, const char *order_id,
                                     const char *user_id, struct ticket_papers *ret_papers) MUST_CHECK;

/* Tickets of an order that are void and were the user's to the end; `tickets` are ids, NULL: all of them.
 * None may be left. */
enum db_status ticket_files_db_void(struct db_pool *pool, struct arena *arena, const char *order_id,
                                    const char *user_id, const struct text_list *tickets,
                                    struct ticket_papers *ret_papers) MUST_CHECK;

/* The live tickets of a show that are the holder's, also those that are on their way to another person.
 * DB_NONE when there are none. */
enum db_status ticket_files_db_holder(struct db_pool *pool, struct arena *arena, const char *show_id,
                                      const char *holder, struct ticket_papers *ret_papers) MUST_CHECK;

#endif
