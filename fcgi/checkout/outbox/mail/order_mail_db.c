/* order_mail_db.c: what a mail about an order says, from the database. */
#include "fcgi/checkout/outbox/mail/order_mail_db.h"

enum mail_column { MAIL_BUYER_EMAIL, MAIL_BUYER_NAME, MAIL_USER, MAIL_TITLE, MAIL_VENUE, MAIL_WHEN };

/* $1 order */
static const struct db_statement read_statement = {
    .name = "order_mail_read",
    .repeatable = true,
    .sql = "SELECT o.buyer_email, o.buyer_name, o.user_id, e.title, coalesce(e.venue, ''), "
           "venue_time(s.starts_at, e.time_zone) "
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
        .buyer_email = arena_text(arena, db_text(rows, 0, MAIL_BUYER_EMAIL)),
        .buyer_name = arena_text(arena, db_text(rows, 0, MAIL_BUYER_NAME)),
        .user_id = arena_text(arena, db_text(rows, 0, MAIL_USER)),
        .title = arena_text(arena, db_text(rows, 0, MAIL_TITLE)),
        .venue = arena_text(arena, db_text(rows, 0, MAIL_VENUE)),
        .when = arena_text(arena, db_text(rows, 0, MAIL_WHEN)),
    };
    return DB_OK;
}
