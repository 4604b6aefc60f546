/* transfer_mail_db.c: what a mail about a transfer says, from the database. */
#include "fcgi/checkout/outbox/mail/transfer_mail_db.h"

/* $1 transfer */
static const struct db_statement read_statement = {
    .name = "transfer_mail_read",
    .repeatable = true,
    .sql = "SELECT coalesce(p.from_email, CASE WHEN p.from_user = o.user_id THEN o.buyer_email END, ''), "
           "p.to_email, e.title, coalesce(e.venue, ''), "
           "venue_time(s.starts_at, e.time_zone), "
           "concat(coalesce(t.zone_name, t.zone), ', row ', t.row_label, ', seat ', t.number) "
           "FROM ticket_transfers p JOIN tickets t ON t.id = p.ticket_id AND t.show_id = p.show_id "
           "JOIN orders o ON o.id = t.order_id AND o.show_id = t.show_id "
           "JOIN shows s ON s.id = t.show_id JOIN events e ON e.id = s.event_id WHERE p.id = $1::uuid",
};

enum read_column { READ_GIVER, READ_TAKER, READ_TITLE, READ_VENUE, READ_WHEN, READ_SEAT };

enum db_status transfer_mail_db_read(struct db_pool *pool, struct arena *arena, const char *transfer_id,
                                     struct transfer_mail_row *ret_row)
{
    const char *params[] = {transfer_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &read_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_row = (struct transfer_mail_row){
        .giver = db_copy(arena, rows, 0, READ_GIVER),
        .taker = db_copy(arena, rows, 0, READ_TAKER),
        .title = db_copy(arena, rows, 0, READ_TITLE),
        .venue = db_copy(arena, rows, 0, READ_VENUE),
        .when = db_copy(arena, rows, 0, READ_WHEN),
        .seat = db_copy(arena, rows, 0, READ_SEAT),
    };
    return DB_OK;
}
