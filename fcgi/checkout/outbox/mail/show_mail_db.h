/* show_mail_db.h: whom a mail about a changed show goes to, and what it says. Texts live in the arena given.
 */
#ifndef TICKETING_OUTBOX_MAIL_SHOW_MAIL_DB_H
#define TICKETING_OUTBOX_MAIL_SHOW_MAIL_DB_H

#include "common/db.h"

/* For people; times on the venue's clock, with its zone and offset. */
struct show_fact {
    const char *is;
    const char *was; /* before the change; NULL: the same */
};

struct show_mail_row {
    const char *show_id;
    const char *email;
    const char *name; /* "": not known, as of a new owner */
    struct show_fact title;
    struct show_fact venue;
    struct show_fact start;
    struct show_fact end;
    struct show_fact doors;
    struct show_fact last_admission;
};

/* What changed by the event `event_id`, a show.changed, and the address of the holder: that of the latest
 * order of the person for this show, else the one that a ticket was passed on to. DB_NONE when the person
 * holds no live ticket of the show. */
enum db_status show_mail_db_read(struct db_pool *pool, struct arena *arena, const char *event_id,
                                 const char *holder, struct show_mail_row *ret_row) MUST_CHECK;

#endif
