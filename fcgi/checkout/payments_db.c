#include "payments_db.h"

/* $1 payment, $2 provider */
static const struct db_statement read_statement = {
    .name = "payment_read",
    .repeatable = true,
    .sql = "SELECT p.id, p.status, p.amount, p.currency, o.id, "
           "CASE WHEN o.status = 'pending' AND o.expires_at <= clock_timestamp() THEN 'expired' ELSE "
           "o.status END, "
           "e.title, rfc3339(s.starts_at) "
           "FROM payments p JOIN orders o ON o.id = p.order_id AND o.show_id = p.show_id "
           "JOIN shows s ON s.id = p.show_id JOIN events e ON e.id = s.event_id "
           "WHERE p.id = $1::uuid AND p.provider = $2::text",
};

/* $1 provider, $2 event, $3 type, $4 payment, $5 amount, $6 currency, $7 the event as it came */
static const struct db_statement settle_statement = {
    .name = "payment_settle",
    .sql =
        "SELECT settle_payment($1::text, $2::text, $3::text, $4::uuid, $5::bigint, $6::text, $7::json), "
        "(SELECT count(*) FROM payments p JOIN tickets t ON t.order_id = p.order_id WHERE p.id = $4::uuid)",
};

enum db_status payments_db_read(struct db_pool *pool, struct arena *arena, const char *provider,
                                const char *payment_id, struct payment *ret_payment)
{
    const char *params[] = {payment_id, provider};
    struct db_result *rows CLEANUP(db_result_free) = NULL;
    enum db_status status = db_run(pool, &read_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(rows) == 0) {
        return DB_NONE;
    }
    *ret_payment = (struct payment){
        .id = arena_text(arena, db_text(rows, 0, 0)),
        .status = arena_text(arena, db_text(rows, 0, 1)),
        .amount = db_int(rows, 0, 2),
        .currency = arena_text(arena, db_text(rows, 0, 3)),
        .order_id = arena_text(arena, db_text(rows, 0, 4)),
        .order_status = arena_text(arena, db_text(rows, 0, 5)),
        .event_title = arena_text(arena, db_text(rows, 0, 6)),
        .starts_at = arena_text(arena, db_text(rows, 0, 7)),
    };
    return DB_OK;
}

enum db_status payments_db_settle(struct db_pool *pool, struct arena *arena, const char *provider,
                                  const struct payment_event *event, struct settlement *ret_settlement)
{
    const char *params[] = {
        provider,        event->id,      event->type, event->payment_id, db_number(arena, event->amount),
        event->currency, event->payload,
    };
    struct db_result *rows CLEANUP(db_result_free) = NULL;
    enum db_status status = db_run(pool, &settle_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        ret_settlement->outcome = arena_text(arena, db_text(rows, 0, 0));
        ret_settlement->tickets = db_int(rows, 0, 1);
    }
    return status;
}
