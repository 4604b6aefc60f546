/* order_mail_db.c: what a mail about an order says, from the database. */
#include "fcgi/checkout/outbox/mail/order_mail_db.h"

/* $1 order */
static const struct db_statement read_statement = {
    .name = "order_mail_read",
    .repeatable = true,
    .sql =
        "SELECT o.buyer_email, o.buyer_name, o.user_id, e.title, coalesce(e.venue, ''), "
        "to_char(s.starts_at AT TIME ZONE e.time_zone, 'FMDay, FMDD FMMonth YYYY, HH24:MI') || ' (' || "
        "e.time_zone || ')', "
        "coalesce((SELECT sum(r.amount) FROM refunds r WHERE r.order_id = o.id AND r.status <> 'failed'), 0) "
        "FROM orders o JOIN shows s ON s.id = o.show_id JOIN events e ON e.id = s.event_id "
        "WHERE o.id = $1::uuid",
};

enum db_status order_mail_db_read(struct db_pool *pool, struct arena *arena, const char *order_id,
                                  struct order_mail_row *ret_row)
{
    const char *params[] = {order_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &read_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_row = (struct order_mail_row){
        .buyer_email = arena_text(arena, db_text(rows, 0, 0)),
        .buyer_name = arena_text(arena, db_text(rows, 0, 1)),
        .user_id = arena_text(arena, db_text(rows, 0, 2)),
        .title = arena_text(arena, db_text(rows, 0, 3)),
        .venue = arena_text(arena, db_text(rows, 0, 4)),
        .when = arena_text(arena, db_text(rows, 0, 5)),
        .refunded = db_int(rows, 0, 6),
    };
    return DB_OK;
}
