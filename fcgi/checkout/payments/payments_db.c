/* payments_db.c: payments and their providers' events in the database. */
#include "fcgi/checkout/payments/payments_db.h"

/* $1 payment, $2 provider */
static const struct db_statement read_statement = {
    .name = "payment_read",
    .repeatable = true,
    .sql =
        "SELECT p.id, p.status, p.amount, p.currency, o.id, "
        "CASE WHEN o.status = 'pending' AND o.expires_at <= clock_timestamp() THEN 'expired' ELSE "
        "o.status END, "
        "e.title, rfc3339(s.starts_at), "
        "to_char(venue.starts_at, 'FMDay, FMDD FMMonth YYYY, HH24:MI') || ' (' || e.time_zone || ', UTC' || "
        "CASE WHEN venue.utc_offset < interval '0' THEN '-' ELSE '+' END || "
        "to_char(greatest(venue.utc_offset, -venue.utc_offset), 'HH24:MI') || ')' "
        "FROM payments p JOIN orders o ON o.id = p.order_id AND o.show_id = p.show_id "
        "JOIN shows s ON s.id = p.show_id JOIN events e ON e.id = s.event_id "
        "CROSS JOIN LATERAL (SELECT s.starts_at AT TIME ZONE e.time_zone AS starts_at, "
        "(s.starts_at AT TIME ZONE e.time_zone) - (s.starts_at AT TIME ZONE 'UTC') AS utc_offset) venue "
        "WHERE p.id = $1::uuid AND p.provider = $2::text",
};
enum read_column {
    READ_ID,
    READ_STATUS,
    READ_AMOUNT,
    READ_CURRENCY,
    READ_ORDER,
    READ_ORDER_STATUS,
    READ_EVENT_TITLE,
    READ_STARTS_AT,
    READ_WHEN,
};

/* $1 provider, $2 event, $3 type, $4 payment or refund, $5 amount, $6 currency, $7 the event as it came, $8
 * action, $9 reference, $10 charge */
static const struct db_statement settle_statement = {
    .name = "payment_settle",
    .sql = "SELECT settle_payment($1::text, $2::text, $3::text, $4::uuid, $5::bigint, $6::text, $7::json, "
           "$8::text, $9::text, $10::text), "
           "(SELECT count(*) FROM payments p JOIN tickets t ON t.order_id = p.order_id WHERE p.id = "
           "$4::uuid)",
};

/* $1 order, $2 admin, $3 note, $4 reference; and the tickets of the order */
static const struct db_statement mark_statement = {
    .name = "payment_mark_paid",
    .sql = "SELECT mark_paid($1::uuid, $2::uuid, $3::text, $4::text), "
           "(SELECT count(*) FROM tickets WHERE order_id = $1::uuid)",
};

enum db_status payments_db_read(struct db_pool *pool, struct arena *arena, const char *provider,
                                const char *payment_id, struct payment *ret_payment)
{
    const char *params[] = {payment_id, provider};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &read_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_payment = (struct payment){
        .id = arena_text(arena, db_text(rows, 0, READ_ID)),
        .status = arena_text(arena, db_text(rows, 0, READ_STATUS)),
        .amount = db_int(rows, 0, READ_AMOUNT),
        .currency = arena_text(arena, db_text(rows, 0, READ_CURRENCY)),
        .order_id = arena_text(arena, db_text(rows, 0, READ_ORDER)),
        .order_status = arena_text(arena, db_text(rows, 0, READ_ORDER_STATUS)),
        .event_title = arena_text(arena, db_text(rows, 0, READ_EVENT_TITLE)),
        .starts_at = arena_text(arena, db_text(rows, 0, READ_STARTS_AT)),
        .when = arena_text(arena, db_text(rows, 0, READ_WHEN)),
    };
    return DB_OK;
}

/* Both ways to settle answer with the outcome and how many tickets it was about. */
static enum db_status settle(struct db_pool *pool, struct arena *arena, const struct db_statement *statement,
                             size_t count, const char *const params[], struct settlement *ret_settlement)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, statement, count, params, &rows);
    if (status == DB_OK) {
        ret_settlement->outcome = arena_text(arena, db_text(rows, 0, 0));
        ret_settlement->tickets = db_int(rows, 0, 1);
    }
    return status;
}

enum db_status payments_db_settle(struct db_pool *pool, struct arena *arena, const char *provider,
                                  const struct payment_event *event, struct settlement *ret_settlement)
{
    const char *params[] = {
        provider,        event->id,      event->type,   event->payment_id, db_number(arena, event->amount),
        event->currency, event->payload, event->action, event->reference,  event->charge,
    };
    return settle(pool, arena, &settle_statement, ARRAY_LENGTH(params), params, ret_settlement);
}

enum db_status payments_db_mark_paid(struct db_pool *pool, struct arena *arena, const struct paid_note *note,
                                     struct settlement *ret_settlement)
{
    const char *params[] = {note->order_id, note->admin_id, note->note, note->reference};
    return settle(pool, arena, &mark_statement, ARRAY_LENGTH(params), params, ret_settlement);
}
