/* tickets_db.h: tickets in the database. The rules of entry are in the SQL function checkin_ticket()
 * (schema/deploy). Texts returned live in the arena given. */
#ifndef TICKETING_TICKETS_DB_H
#define TICKETING_TICKETS_DB_H

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
    const char *row;
    int64_t number;
    int64_t price; /* minor units */
    const char *currency;
    const char *status;        /* valid, checked_in, void */
    const char *checked_in_at; /* NULL: not checked in */
    const char *gate;          /* of the first entry; NULL: none was named */
    unsigned revision;         /* of its code, see ticket_qr.h */
    const char *cursor_time;   /* created_at with microseconds */
};

/* The user's tickets, newest first, without those never paid for: page->limit + 1 at the most. */
enum db_status tickets_db_list(struct db_pool *pool, struct arena *arena, const char *user_id,
                               const struct page *page, struct ticket **ret_tickets,
                               size_t *ret_count) MUST_CHECK;
/* DB_NONE when it does not exist, is unpaid, or is somebody else's and `any_owner` is false. */
enum db_status tickets_db_read(struct db_pool *pool, struct arena *arena, const char *ticket_id,
                               const char *user_id, bool any_owner, struct ticket *ret_ticket) MUST_CHECK;

struct checkin {
    const char *ticket_id;
    const char *by_user;
    const char *gate;    /* NULL: not said */
    const char *show_id; /* the show that this gate admits; NULL: any */
};

enum checkin_outcome {
    CHECKIN_ENTERED,
    CHECKIN_ALREADY,   /* somebody came in with it before */
    CHECKIN_NOT_VALID, /* void or not paid */
    CHECKIN_WRONG_SHOW,
};

struct checkin_result {
    enum checkin_outcome outcome;
    const char *seat_id;
    const char *checked_in_at; /* the first time */
    const char *gate;          /* the first gate; NULL: none was named */
};

/* DB_NONE when there is no such ticket. */
enum db_status tickets_db_checkin(struct db_pool *pool, struct arena *arena, const struct checkin *checkin,
                                  struct checkin_result *ret_result) MUST_CHECK;

#endif
