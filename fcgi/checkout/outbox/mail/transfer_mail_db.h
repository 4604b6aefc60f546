/* transfer_mail_db.h: what a mail about a transfer says, from the database. Texts live in the arena given. */
#ifndef TICKETING_OUTBOX_MAIL_TRANSFER_MAIL_DB_H
#define TICKETING_OUTBOX_MAIL_TRANSFER_MAIL_DB_H

#include "common/db.h"

struct transfer_mail_row {
    const char *giver; /* address of the one who passed the ticket on; "": the release before began it */
    const char *taker; /* address it was passed on to */
    const char *title; /* of the event */
    const char *venue; /* "" when not known */
    const char *when;  /* start on the venue's clock, with its zone and offset, for people */
    const char *seat;  /* zone and seat, for people */
};

/* DB_NONE when there is no such transfer. */
enum db_status transfer_mail_db_read(struct db_pool *pool, struct arena *arena, const char *transfer_id,
                                     struct transfer_mail_row *ret_row) MUST_CHECK;

#endif
