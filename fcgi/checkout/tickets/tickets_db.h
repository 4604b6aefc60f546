/* tickets_db.h: tickets as their owners see them, in the database; for scans at gates see checkin_db.h. Texts
 * returned live in the arena given. */
#ifndef TICKETING_TICKETS_TICKETS_DB_H
#define TICKETING_TICKETS_TICKETS_DB_H

#include "common/db.h"
#include "common/page.h"

struct ticket {
    const char *id;
    const char *order_id;
    const char *show_id;
    const char *show_starts_at; /* RFC 3339, as are the other times */
    const char *show_ends_at;   /* NULL: not known */
    const char *event_id;
    const char *event_title;
    const char *event_venue; /* NULL: not known */
    const char *seat_id;
    const char *zone;
    const char *zone_name; /* what the venue calls it; the zone's id when it has no name */
    const char *row;
    int64_t number;
    int64_t price; /* minor units */
    const char *currency;
    const char *status;        /* valid, checked_in, void */
    const char *checked_in_at; /* NULL: not checked in */
    const char *gate;          /* of the first entry; NULL: none was named */
    bool admits;               /* a person, now */
    unsigned revision;         /* of its code, see paper/qr.h */
    const char *cursor_time;   /* created_at with microseconds */
};

/* The user's tickets, newest first, without those never paid for: page->limit + 1 at the most. */
enum db_status tickets_db_list(struct db_pool *pool, struct arena *arena, const char *user_id,
                               const struct page *page, struct ticket **ret_tickets,
                               size_t *ret_count) MUST_CHECK;
/* DB_NONE when it does not exist, is unpaid, or belongs to another user and `any_owner` is false. */
enum db_status tickets_db_read(struct db_pool *pool, struct arena *arena, const char *ticket_id,
                               const char *user_id, bool any_owner, struct ticket *ret_ticket) MUST_CHECK;

#endif
