/* files_db.c: what a ticket's papers need from the database. */
#include "fcgi/checkout/tickets/files_db.h"
#include "common/money.h"
#include "fcgi/checkout/tickets/ticket_code.h"

/* Columns of struct ticket_paper; the venue's clock shows the time. */
#define PAPER_COLUMNS                                                                                        \
    "t.id, t.order_id, e.title, e.venue, to_char(venue.starts_at, 'FMDay, FMDD FMMonth YYYY'), "             \
    "to_char(venue.starts_at, 'HH24:MI'), e.time_zone, "                                                     \
    "(extract(epoch FROM venue.starts_at - (s.starts_at AT TIME ZONE 'UTC')) / 60)::integer, "               \
    "rfc3339(s.starts_at), "                                                                                 \
    "rfc3339(coalesce(s.ends_at, s.starts_at + make_interval(mins => e.default_duration_minutes))), "        \
    "rfc3339(greatest(s.updated_at, e.updated_at, t.updated_at)), "                                          \
    "calendar_changes(s.id, e.calendar_changes) + (t.status = 'void')::integer, t.status = 'void', "         \
    "t.user_id = o.user_id OR EXISTS (SELECT FROM ticket_transfers p "                                       \
    "WHERE p.id = t.user_id AND p.from_user = o.user_id), coalesce(t.zone_name, t.zone), t.row_label, "      \
    "t.number, "                                                                                             \
    "t.seat_id, t.price, "                                                                                   \
    "o.currency, o.buyer_name, t.show_id, " TICKET_ADMITS ", t.revision, o.status "

#define PAPER_SHOW                                                                                           \
    "JOIN shows s ON s.id = o.show_id JOIN events e ON e.id = s.event_id "                                   \
    "CROSS JOIN LATERAL (SELECT s.starts_at AT TIME ZONE e.time_zone AS starts_at) venue "

/* $1 ticket, $2 user, $3 whether the ticket may be of another user. Only a void ticket that was paid for was
 * ever seen by its owner. */
static const struct db_statement ticket_statement = {
    .name = "ticket_files_ticket",
    .repeatable = true,
    .sql = "SELECT " PAPER_COLUMNS
           "FROM tickets t JOIN orders o ON o.id = t.order_id AND o.show_id = t.show_id " PAPER_SHOW
           "WHERE t.id = $1::uuid AND t.status <> 'reserved' "
           "AND ($3::boolean OR (t.user_id = $2::uuid AND (t.status <> 'void' OR o.paid_at IS NOT NULL)))",
};

/* $1 order, $2 user */
static const struct db_statement order_statement = {
    .name = "ticket_files_order",
    .repeatable = true,
    .sql = "SELECT " PAPER_COLUMNS
           "FROM orders o LEFT JOIN tickets t ON t.order_id = o.id AND t.show_id = o.show_id "
           "AND t.user_id = o.user_id AND t.status IN ('valid', 'checked_in') " PAPER_SHOW
           "WHERE o.id = $1::uuid AND o.user_id = $2::uuid ORDER BY t.place, t.zone, t.row_label, "
           "t.number, t.seat_id",
};

/* $1 order, $2 user, $3 tickets (NULL: all) */
static const struct db_statement void_statement = {
    .name = "ticket_files_void",
    .repeatable = true,
    .sql = "SELECT " PAPER_COLUMNS
           "FROM tickets t JOIN orders o ON o.id = t.order_id AND o.show_id = t.show_id " PAPER_SHOW
           "WHERE t.order_id = $1::uuid AND t.user_id = $2::uuid AND t.status = 'void' "
           "AND ($3::uuid[] IS NULL OR t.id = ANY ($3::uuid[])) "
           "ORDER BY t.place, t.zone, t.row_label, t.number, t.seat_id",
};

/* $1 show, $2 holder: theirs, and those that they have offered to another person who has not claimed them yet
 */
static const struct db_statement holder_statement = {
    .name = "ticket_files_holder",
    .repeatable = true,
    .sql = "SELECT " PAPER_COLUMNS
           "FROM tickets t JOIN orders o ON o.id = t.order_id AND o.show_id = t.show_id " PAPER_SHOW
           "WHERE t.show_id = $1::uuid AND t.status IN ('valid', 'checked_in') AND t.id IN ("
           "SELECT w.id FROM tickets w WHERE w.user_id = $2::uuid UNION ALL "
           "SELECT p.ticket_id FROM ticket_transfers p WHERE p.from_user = $2::uuid AND p.show_id = $1::uuid "
           "AND p.state = 'pending') "
           "ORDER BY t.place, t.zone, t.row_label, t.number, t.seat_id",
};

enum paper_column {
    PAPER_TICKET,
    PAPER_ORDER,
    PAPER_TITLE,
    PAPER_VENUE,
    PAPER_DAY,
    PAPER_TIME,
    PAPER_TIME_ZONE,
    PAPER_OFFSET,
    PAPER_STARTS_AT,
    PAPER_ENDS_AT,
    PAPER_CHANGED_AT,
    PAPER_CHANGES,
    PAPER_VOID,
    PAPER_BUYERS,
    PAPER_ZONE,
    PAPER_ROW,
    PAPER_NUMBER,
    PAPER_SEAT,
    PAPER_PRICE,
    PAPER_CURRENCY,
    PAPER_BUYER,
    PAPER_SHOW_ID,
    PAPER_ADMITS,
    PAPER_REVISION,
    PAPER_ORDER_STATUS,
};

/* "Asia/Ho_Chi_Minh (UTC+7)", "Asia/Kolkata (UTC+5:30)", "UTC" */
static const char *zone_of_time(struct arena *arena, const char *name, int64_t offset_minutes)
{
    int64_t size = offset_minutes < 0 ? -offset_minutes : offset_minutes;
    if (size == 0) {
        return arena_printf(arena, "%s%s", name, *name == 'U' ? "" : " (UTC)");
    }
    const char *sign = offset_minutes < 0 ? "−" : "+";
    if (size % 60 == 0) {
        return arena_printf(arena, "%s (UTC%s%d)", name, sign, (int)(size / 60));
    }
    return arena_printf(arena, "%s (UTC%s%d:%02d)", name, sign, (int)(size / 60), (int)(size % 60));
}

static struct ticket_paper read_paper(struct arena *arena, const struct db_result *rows, size_t row)
{
    char price[MONEY_TEXT_SIZE];
    money_format(db_int(rows, row, PAPER_PRICE), db_text(rows, row, PAPER_CURRENCY), price);
    return (struct ticket_paper){
        .document =
            {
                .ticket_id = db_copy(arena, rows, row, PAPER_TICKET),
                .order_id = db_copy(arena, rows, row, PAPER_ORDER),
                .event_title = db_copy(arena, rows, row, PAPER_TITLE),
                .venue = db_copy(arena, rows, row, PAPER_VENUE),
                .day = db_copy(arena, rows, row, PAPER_DAY),
                .time = db_copy(arena, rows, row, PAPER_TIME),
                .zone_of_time =
                    zone_of_time(arena, db_text(rows, row, PAPER_TIME_ZONE), db_int(rows, row, PAPER_OFFSET)),
                .starts_at = db_copy(arena, rows, row, PAPER_STARTS_AT),
                .ends_at = db_copy(arena, rows, row, PAPER_ENDS_AT),
                .changed_at = db_copy(arena, rows, row, PAPER_CHANGED_AT),
                .changes = db_int(rows, row, PAPER_CHANGES),
                .is_void = db_bool(rows, row, PAPER_VOID),
                .is_buyers = db_bool(rows, row, PAPER_BUYERS),
                .zone = db_copy(arena, rows, row, PAPER_ZONE),
                .row = db_copy(arena, rows, row, PAPER_ROW),
                .number = db_copy(arena, rows, row, PAPER_NUMBER),
                .seat_id = db_copy(arena, rows, row, PAPER_SEAT),
                .price = arena_text(arena, price),
                .buyer = db_copy(arena, rows, row, PAPER_BUYER),
            },
        .show_id = db_copy(arena, rows, row, PAPER_SHOW_ID),
        .admits = db_bool(rows, row, PAPER_ADMITS),
        .revision = (unsigned)db_int(rows, row, PAPER_REVISION),
    };
}

enum db_status ticket_files_db_ticket(struct db_pool *pool, struct arena *arena, const char *ticket_id,
                                      const char *user_id, bool any_owner, struct ticket_paper *ret_paper)
{
    const char *params[] = {ticket_id, user_id, any_owner ? "true" : "false"};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &ticket_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_paper = read_paper(arena, rows, 0);
    return DB_OK;
}

static void read_papers(struct arena *arena, const struct db_result *rows, struct ticket_papers *ret_papers)
{
    size_t count = db_rows(rows);
    ret_papers->items = arena_alloc(arena, (count + 1) * sizeof(*ret_papers->items));
    ret_papers->count = count;
    for (size_t i = 0; i < count; i++) {
        ret_papers->items[i] = read_paper(arena, rows, i);
    }
}

enum db_status ticket_files_db_order(struct db_pool *pool, struct arena *arena, const char *order_id,
                                     const char *user_id, struct ticket_papers *ret_papers)
{
    const char *params[] = {order_id, user_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &order_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(rows) == 0) {
        return DB_NONE;
    }
    struct ticket_papers papers = {.order_status = db_copy(arena, rows, 0, PAPER_ORDER_STATUS)};
    if (db_text(rows, 0, PAPER_TICKET) != NULL) { /* else the order stands alone in its row */
        read_papers(arena, rows, &papers);
    }
    *ret_papers = papers;
    return DB_OK;
}

enum db_status ticket_files_db_void(struct db_pool *pool, struct arena *arena, const char *order_id,
                                    const char *user_id, const struct text_list *tickets,
                                    struct ticket_papers *ret_papers)
{
    const char *params[] = {order_id, user_id,
                            tickets == NULL ? NULL : db_array(arena, tickets->count, tickets->items)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &void_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_papers = (struct ticket_papers){.order_status = NULL};
        read_papers(arena, rows, ret_papers);
    }
    return status;
}

enum db_status ticket_files_db_holder(struct db_pool *pool, struct arena *arena, const char *show_id,
                                      const char *holder, struct ticket_papers *ret_papers)
{
    const char *params[] = {show_id, holder};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &holder_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_papers = (struct ticket_papers){.order_status = NULL};
        read_papers(arena, rows, ret_papers);
    }
    return status;
}
