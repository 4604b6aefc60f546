/* export_db.h: rows for exports, some at a time.
 *
 * No cursor of the database is kept open: its transaction would last as long as the slowest reader, and hold
 * a connection. The rows have an order that nothing changes, and each piece begins behind the last row seen.
 * So every row that was there at the beginning comes exactly once, as it is when its piece is read. */
#ifndef TICKETING_EXPORT_DB_H
#define TICKETING_EXPORT_DB_H

#include "common/db.h"

struct export_show {
    const char *day;       /* YYYY-MM-DD, at the venue */
    const char *time_zone; /* the venue's */
    const char *until;     /* later rows are left out */
};

/* Notes down in the audit log who exports what, and reads the show. DB_NONE when there is none. Texts live in
 * the arena. */
enum db_status export_db_begin(struct db_pool *pool, struct arena *arena, const char *show_id,
                               const char *admin_id, const char *what,
                               struct export_show *ret_show) MUST_CHECK;

/* Where a piece begins: behind this row. Empty texts: at the beginning. */
struct export_place {
    char *key; /* of attendees the seat, of orders when they were made; malloc'ed */
    char *id;  /* of orders */
};

struct export_rows {
    const char *show_id;
    const char *until;
    bool not_arrived; /* of attendees: only those who have not come in */
};

/* The next rows, `limit` at the most, in the columns below. */
enum db_status export_db_attendees(struct db_pool *pool, struct arena *arena, const struct export_rows *which,
                                   const struct export_place *place, int limit,
                                   struct db_result **ret_rows) MUST_CHECK;
enum db_status export_db_orders(struct db_pool *pool, struct arena *arena, const struct export_rows *which,
                                const struct export_place *place, int limit,
                                struct db_result **ret_rows) MUST_CHECK;

enum attendee_column {
    ATTENDEE_TICKET,
    ATTENDEE_ORDER,
    ATTENDEE_SEAT,
    ATTENDEE_ZONE,
    ATTENDEE_ZONE_NAME,
    ATTENDEE_ROW,
    ATTENDEE_NUMBER,
    ATTENDEE_STATUS,
    ATTENDEE_PRICE,
    ATTENDEE_CURRENCY,
    ATTENDEE_BUYER_NAME,
    ATTENDEE_BUYER_EMAIL,
    ATTENDEE_PASSED_ON,
    ATTENDEE_PAID_AT,
    ATTENDEE_CHECKED_IN_AT,
    ATTENDEE_GATE,
    ATTENDEE_INSIDE,
};

enum order_export_column {
    EXPORTED_ORDER,
    EXPORTED_STATUS,
    EXPORTED_CREATED_AT,
    EXPORTED_PAID_AT,
    EXPORTED_BUYER_NAME,
    EXPORTED_BUYER_EMAIL,
    EXPORTED_TICKETS,
    EXPORTED_SEATS,
    EXPORTED_TOTAL,
    EXPORTED_REFUNDED,
    EXPORTED_CURRENCY,
    EXPORTED_PROVIDER,
    EXPORTED_PAYMENT,
    EXPORTED_PAYMENT_STATUS,
    EXPORTED_NOTE,
    EXPORTED_ADMIN_NOTE,
    EXPORTED_PLACE,
};

#endif
