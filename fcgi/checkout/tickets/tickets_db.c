/* tickets_db.c: tickets of their owners in the database. */
#include "fcgi/checkout/tickets/tickets_db.h"
#include "fcgi/checkout/tickets/ticket_code.h"

#define TICKET_SELECT                                                                                        \
    "SELECT t.id, t.order_id, t.show_id, rfc3339(s.starts_at), rfc3339(s.ends_at), e.id, e.title, e.venue, " \
    "t.seat_id, t.zone, t.row_label, t.number, t.price, o.currency, t.status, rfc3339(t.checked_in_at), "    \
    "t.checked_in_gate, t.created_at, t.revision, coalesce(t.zone_name, t.zone), " TICKET_ADMITS " "         \
    "FROM tickets t JOIN orders o ON o.id = t.order_id AND o.show_id = t.show_id "                           \
    "JOIN shows s ON s.id = t.show_id JOIN events e ON e.id = s.event_id "

/* A void ticket is shown to its owner when it had been paid for: paid_at is set for paid and refunded orders
 * only. */
#define TICKET_OF_OWNER                                                                                      \
    "(t.status IN ('valid', 'checked_in') OR (t.status = 'void' AND o.paid_at IS NOT NULL))"

/* Grows towards the first seat of the map, so that seats bought together are listed in the map's order though
 * the newest tickets come first. */
#define TICKET_PLACE "-coalesce(t.place, 2147483647)"

/* $1 user, $2 created_at and $3 id of the last row seen (NULL: none), $4 rows */
static const struct db_statement list_statement = {
    .name = "ticket_list",
    .repeatable = true,
    .sql = TICKET_SELECT "WHERE t.user_id = $1::uuid AND " TICKET_OF_OWNER
                         " AND ($2::timestamptz IS NULL OR (t.created_at <= $2::timestamptz "
                         "AND (t.created_at, " TICKET_PLACE ", t.id) < ($2::timestamptz, "
                         "(SELECT " TICKET_PLACE " FROM tickets t WHERE t.id = $3::uuid), $3::uuid))) "
                         "ORDER BY t.created_at DESC, " TICKET_PLACE " DESC, t.id DESC LIMIT $4::int",
};

/* $1 ticket, $2 user, $3 whether the ticket may be of another user */
static const struct db_statement read_statement = {
    .name = "ticket_read",
    .repeatable = true,
    .sql = TICKET_SELECT "WHERE t.id = $1::uuid AND t.status <> 'reserved' "
                         "AND ($3::boolean OR (t.user_id = $2::uuid AND " TICKET_OF_OWNER "))",
};

/* Of TICKET_SELECT. */
enum ticket_column {
    TICKET_ID,
    TICKET_ORDER,
    TICKET_SHOW,
    TICKET_SHOW_STARTS_AT,
    TICKET_SHOW_ENDS_AT,
    TICKET_EVENT,
    TICKET_EVENT_TITLE,
    TICKET_EVENT_VENUE,
    TICKET_SEAT,
    TICKET_ZONE,
    TICKET_ROW,
    TICKET_NUMBER,
    TICKET_PRICE,
    TICKET_CURRENCY,
    TICKET_STATUS,
    TICKET_CHECKED_IN_AT,
    TICKET_GATE,
    TICKET_CURSOR_TIME,
    TICKET_REVISION,
    TICKET_ZONE_NAME,
    TICKET_ADMITS_NOW,
};

static struct ticket read_ticket(struct arena *arena, const struct db_result *rows, size_t row)
{
    return (struct ticket){
        .id = db_copy(arena, rows, row, TICKET_ID),
        .order_id = db_copy(arena, rows, row, TICKET_ORDER),
        .show_id = db_copy(arena, rows, row, TICKET_SHOW),
        .show_starts_at = db_copy(arena, rows, row, TICKET_SHOW_STARTS_AT),
        .show_ends_at = db_copy(arena, rows, row, TICKET_SHOW_ENDS_AT),
        .event_id = db_copy(arena, rows, row, TICKET_EVENT),
        .event_title = db_copy(arena, rows, row, TICKET_EVENT_TITLE),
        .event_venue = db_copy(arena, rows, row, TICKET_EVENT_VENUE),
        .seat_id = db_copy(arena, rows, row, TICKET_SEAT),
        .zone = db_copy(arena, rows, row, TICKET_ZONE),
        .row = db_copy(arena, rows, row, TICKET_ROW),
        .number = db_int(rows, row, TICKET_NUMBER),
        .price = db_int(rows, row, TICKET_PRICE),
        .currency = db_copy(arena, rows, row, TICKET_CURRENCY),
        .status = db_copy(arena, rows, row, TICKET_STATUS),
        .checked_in_at = db_copy(arena, rows, row, TICKET_CHECKED_IN_AT),
        .gate = db_copy(arena, rows, row, TICKET_GATE),
        .cursor_time = db_copy(arena, rows, row, TICKET_CURSOR_TIME),
        .revision = (unsigned)db_int(rows, row, TICKET_REVISION),
        .zone_name = db_copy(arena, rows, row, TICKET_ZONE_NAME),
        .admits = db_bool(rows, row, TICKET_ADMITS_NOW),
    };
}

enum db_status tickets_db_list(struct db_pool *pool, struct arena *arena, const char *user_id,
                               const struct page *page, struct ticket **ret_tickets, size_t *ret_count)
{
    const char *params[] = {user_id, page->after_time, page->after_id, db_number(arena, page->limit + 1)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &list_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(rows);
    struct ticket *tickets = arena_alloc(arena, (count + 1) * sizeof(*tickets));
    for (size_t i = 0; i < count; i++) {
        tickets[i] = read_ticket(arena, rows, i);
    }
    *ret_tickets = tickets;
    *ret_count = count;
    return DB_OK;
}

enum db_status tickets_db_read(struct db_pool *pool, struct arena *arena, const char *ticket_id,
                               const char *user_id, bool any_owner, struct ticket *ret_ticket)
{
    const char *params[] = {ticket_id, user_id, any_owner ? "true" : "false"};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &read_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_ticket = read_ticket(arena, rows, 0);
    return DB_OK;
}
