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

/* $1 buyer, $2 hash of the key, $3 order */
enum key_column { KEY_OPENS };
static const struct db_statement key_statement = {
    .name = "order_mail_key",
    .sql = "SELECT auth.guest_key_add($1::uuid, $2::text,"
           "  greatest(clock_timestamp(), coalesce(s.ends_at, s.starts_at)) + interval '30 days')"
           " FROM orders o JOIN shows s ON s.id = o.show_id WHERE o.id = $3::uuid",
};

enum db_status order_mail_db_key(struct db_pool *pool, const char *order_id, const char *user_id,
                                 const char *key_hash, bool *ret_opens)
{
    const char *params[] = {user_id, key_hash, order_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &key_statement, ARRAY_LENGTH(params), params, &rows);
    *ret_opens = status == DB_OK && db_bool(rows, 0, KEY_OPENS);
    return status;
}

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
