/* notices_db.c: what the provider told that an admin should look at: events that belong to nothing we know,
 * and money that went back or is disputed without us. */
#include "fcgi/checkout/payments/payments_db.h"

/* $1 received_at and $2 id of the last row seen (NULL: none), $3 rows. An event's own id is the provider's
 * text: a UUID made of it breaks ties. */
static const struct db_statement unmatched_statement = {
    .name = "payment_events_unmatched",
    .repeatable = true,
    .sql =
        "SELECT provider, event_id, type, outcome, payment_id, payload, rfc3339(received_at), received_at, "
        "md5(event_id)::uuid "
        "FROM payment_events WHERE outcome IN ('unknown_payment', 'unknown_refund', 'amount_mismatch') "
        "AND ($1::timestamptz IS NULL OR received_at <= $1::timestamptz "
        "AND (received_at, md5(event_id)::uuid) < ($1::timestamptz, $2::uuid)) "
        "ORDER BY received_at DESC, md5(event_id)::uuid DESC LIMIT $3::int",
};
enum unmatched_column {
    UNMATCHED_PROVIDER,
    UNMATCHED_EVENT,
    UNMATCHED_TYPE,
    UNMATCHED_OUTCOME,
    UNMATCHED_PAYMENT,
    UNMATCHED_PAYLOAD,
    UNMATCHED_RECEIVED_AT,
    UNMATCHED_CURSOR_TIME,
    UNMATCHED_CURSOR_ID,
};

/* $1 created_at and $2 id of the last row seen (NULL: none), $3 rows */
static const struct db_statement outside_statement = {
    .name = "outside_money_list",
    .repeatable = true,
    .sql = "SELECT m.id, m.provider, m.kind, m.reference, m.status, m.amount, m.currency, p.order_id, "
           "m.refund_id, rfc3339(m.created_at), rfc3339(m.updated_at), m.created_at "
           "FROM outside_money m LEFT JOIN payments p ON p.id = m.payment_id "
           "WHERE $1::timestamptz IS NULL OR (m.created_at, m.id) < ($1::timestamptz, $2::uuid) "
           "ORDER BY m.created_at DESC, m.id DESC LIMIT $3::int",
};
enum outside_column {
    OUTSIDE_ID,
    OUTSIDE_PROVIDER,
    OUTSIDE_KIND,
    OUTSIDE_REFERENCE,
    OUTSIDE_STATUS,
    OUTSIDE_AMOUNT,
    OUTSIDE_CURRENCY,
    OUTSIDE_ORDER,
    OUTSIDE_REFUND,
    OUTSIDE_CREATED_AT,
    OUTSIDE_UPDATED_AT,
    OUTSIDE_CURSOR_TIME,
};

/* How one of the two lists is read and shown. */
struct list {
    const struct db_statement *statement;
    json_t *(*show)(const struct db_result *rows, size_t row);
    size_t cursor_time, cursor_id; /* columns */
};

static json_t *show_unmatched(const struct db_result *rows, size_t row)
{
    json_t *payload =
        json_loads(db_text(rows, row, UNMATCHED_PAYLOAD), JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s?, s:s, s:o?}", "provider", db_text(rows, row, UNMATCHED_PROVIDER), "id",
        db_text(rows, row, UNMATCHED_EVENT), "type", db_text(rows, row, UNMATCHED_TYPE), "outcome",
        db_text(rows, row, UNMATCHED_OUTCOME), "paymentId", db_text(rows, row, UNMATCHED_PAYMENT),
        "receivedAt", db_text(rows, row, UNMATCHED_RECEIVED_AT), "payload", payload);
}

static json_t *show_outside(const struct db_result *rows, size_t row)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s?, s:s?, s:s, s:s}", "id", db_text(rows, row, OUTSIDE_ID),
        "provider", db_text(rows, row, OUTSIDE_PROVIDER), "kind", db_text(rows, row, OUTSIDE_KIND),
        "reference", db_text(rows, row, OUTSIDE_REFERENCE), "status", db_text(rows, row, OUTSIDE_STATUS),
        "amount", (json_int_t)db_int(rows, row, OUTSIDE_AMOUNT), "currency",
        db_text(rows, row, OUTSIDE_CURRENCY), "orderId", db_text(rows, row, OUTSIDE_ORDER), "refundId",
        db_text(rows, row, OUTSIDE_REFUND), "createdAt", db_text(rows, row, OUTSIDE_CREATED_AT), "updatedAt",
        db_text(rows, row, OUTSIDE_UPDATED_AT));
}

static enum db_status read_list(struct db_pool *pool, struct arena *arena, const struct list *list,
                                const struct page *page, json_t **ret_items, const char **ret_next)
{
    const char *params[] = {page->after_time, page->after_id, db_number(arena, page->limit + 1)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, list->statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    size_t limit = (size_t)page->limit;
    size_t count = db_rows(rows) < limit ? db_rows(rows) : limit;
    *ret_items = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(*ret_items, list->show(rows, i));
    }
    *ret_next = db_rows(rows) > limit ? page_cursor(arena, db_text(rows, limit - 1, list->cursor_time),
                                                    db_text(rows, limit - 1, list->cursor_id))
                                      : NULL;
    return DB_OK;
}

enum db_status payments_db_unmatched(struct db_pool *pool, struct arena *arena, const struct page *page,
                                     json_t **ret_events, const char **ret_next)
{
    static const struct list list = {&unmatched_statement, show_unmatched, UNMATCHED_CURSOR_TIME,
                                     UNMATCHED_CURSOR_ID};
    return read_list(pool, arena, &list, page, ret_events, ret_next);
}

enum db_status payments_db_outside(struct db_pool *pool, struct arena *arena, const struct page *page,
                                   json_t **ret_items, const char **ret_next)
{
    static const struct list list = {&outside_statement, show_outside, OUTSIDE_CURSOR_TIME, OUTSIDE_ID};
    return read_list(pool, arena, &list, page, ret_items, ret_next);
}
