/* payments_db.c: payments and their providers' events in the database. */
#include "fcgi/checkout/payments/payments_db.h"
#include <string.h>

/* $1 payment, $2 provider, $3 language */
static const struct db_statement read_statement = {
    .name = "payment_read",
    .repeatable = true,
    .sql = "SELECT p.id, p.status, p.amount, p.currency, o.id, "
           "CASE WHEN o.status = 'pending' AND o.expires_at <= clock_timestamp() THEN 'expired' ELSE "
           "o.status END, "
           "e.title, rfc3339(s.starts_at), "
           "venue_time_in(s.starts_at, e.time_zone, $3::text) "
           "FROM payments p JOIN orders o ON o.id = p.order_id AND o.show_id = p.show_id "
           "JOIN shows s ON s.id = p.show_id JOIN events e ON e.id = s.event_id "
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

/* The columns of the statements that settle: the outcome, and how many tickets it is about. */
enum settle_column { SETTLE_OUTCOME, SETTLE_TICKETS };

/* $1 order, $2 admin, $3 note, $4 reference; and the tickets of the order */
static const struct db_statement mark_statement = {
    .name = "payment_mark_paid",
    .sql = "SELECT mark_paid($1::uuid, $2::uuid, $3::text, $4::text), "
           "(SELECT count(*) FROM tickets WHERE order_id = $1::uuid)",
};

enum db_status payments_db_read(struct db_pool *pool, struct arena *arena, const char *provider,
                                const char *payment_id, const char *language, struct payment *ret_payment)
{
    const char *params[] = {payment_id, provider, language};
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

static bool read_settlement(const struct db_result *rows, struct settlement *ret_settlement)
{
    static const char *const names[] = {
        [SETTLED_DUPLICATE] = "duplicate",
        [SETTLED_UNKNOWN_TYPE] = "unknown_type",
        [SETTLED_UNKNOWN_PAYMENT] = "unknown_payment",
        [SETTLED_UNKNOWN_REFUND] = "unknown_refund",
        [SETTLED_AMOUNT_MISMATCH] = "amount_mismatch",
        [SETTLED_DECLINED] = "declined",
        [SETTLED_ATTEMPT_ENDED] = "attempt_ended",
        [SETTLED_PAID] = "paid",
        [SETTLED_LATE_PAID] = "late_paid",
        [SETTLED_LATE_REFUND] = "late_refund",
        [SETTLED_BEFORE] = "already_settled",
        [SETTLED_REFUND_SUCCEEDED] = "refund_succeeded",
        [SETTLED_REFUND_FAILED] = "refund_failed",
        [SETTLED_OUTSIDE_KEPT] = "outside_kept",
        [SETTLED_OUTSIDE_VOID] = "outside_void",
        [SETTLED_OUTSIDE_FAILED] = "outside_failed",
        [SETTLED_NOT_FOUND] = "not_found",
        [SETTLED_OTHER_PROVIDER] = "other_provider",
    };
    const char *name = db_text(rows, 0, SETTLE_OUTCOME);
    for (size_t i = 0; name != NULL && i < ARRAY_LENGTH(names); i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_settlement = (struct settlement){.outcome = (enum settlement_outcome)i,
                                                  .name = names[i],
                                                  .tickets = db_int(rows, 0, SETTLE_TICKETS)};
            return true;
        }
    }
    return false; /* schema and program do not belong together */
}

static enum db_status settle(struct db_pool *pool, const struct db_statement *statement, size_t count,
                             const char *const params[], struct settlement *ret_settlement)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, statement, count, params, &rows);
    if (status != DB_OK) {
        return status;
    }
    return read_settlement(rows, ret_settlement) ? DB_OK : DB_FAILED;
}

/* In the words of settle_payment(). */
static const char *const action_names[PAYMENT_ACTIONS] = {
    [PAYMENT_ACTION_OTHER] = "other",
    [PAYMENT_ACTION_UNREADABLE] = "unreadable",
    [PAYMENT_ACTION_SUCCEEDED] = "payment.succeeded",
    [PAYMENT_ACTION_DECLINED] = "payment.declined",
    [PAYMENT_ACTION_FAILED] = "payment.failed",
    [PAYMENT_ACTION_EXPIRED] = "payment.expired",
    [PAYMENT_ACTION_REFUND_SUCCEEDED] = "refund.succeeded",
    [PAYMENT_ACTION_REFUND_FAILED] = "refund.failed",
    [PAYMENT_ACTION_OUTSIDE_REFUND_PENDING] = "outside.refund.pending",
    [PAYMENT_ACTION_OUTSIDE_REFUND_SUCCEEDED] = "outside.refund.succeeded",
    [PAYMENT_ACTION_OUTSIDE_REFUND_FAILED] = "outside.refund.failed",
    [PAYMENT_ACTION_OUTSIDE_CHARGE] = "outside.charge.succeeded",
    [PAYMENT_ACTION_OUTSIDE_DISPUTE_OPEN] = "outside.dispute.open",
    [PAYMENT_ACTION_OUTSIDE_DISPUTE_WON] = "outside.dispute.won",
    [PAYMENT_ACTION_OUTSIDE_DISPUTE_LOST] = "outside.dispute.lost",
};

enum db_status payments_db_settle(struct db_pool *pool, struct arena *arena, const char *provider,
                                  const struct payment_event *event, struct settlement *ret_settlement)
{
    const char *params[] = {
        provider,
        event->id,
        event->type,
        event->payment_id,
        db_number(arena, event->amount),
        event->currency,
        event->payload,
        action_names[event->action],
        event->reference,
        event->charge,
    };
    return settle(pool, &settle_statement, ARRAY_LENGTH(params), params, ret_settlement);
}

enum db_status payments_db_mark_paid(struct db_pool *pool, const struct paid_note *note,
                                     struct settlement *ret_settlement)
{
    const char *params[] = {note->order_id, note->admin_id, note->note, note->reference};
    return settle(pool, &mark_statement, ARRAY_LENGTH(params), params, ret_settlement);
}
