/* refund_list_db.c: refunds as admins see them, in the database. */
#include "fcgi/checkout/payments/refunds_db.h"
#include <string.h>

#define REFUND_SELECT                                                                                        \
    "SELECT r.id, r.order_id, p.provider, r.status, r.amount, p.currency, to_json(r.tickets), r.reason, "    \
    "r.last_error, rfc3339(r.created_at), rfc3339(r.settled_at), r.created_at "                              \
    "FROM refunds r JOIN payments p ON p.id = r.payment_id "
enum refund_column {
    REFUND_ID,
    REFUND_ORDER,
    REFUND_PROVIDER,
    REFUND_STATUS,
    REFUND_AMOUNT,
    REFUND_CURRENCY,
    REFUND_TICKETS,
    REFUND_REASON,
    REFUND_LAST_ERROR,
    REFUND_CREATED_AT,
    REFUND_SETTLED_AT,
    REFUND_CURSOR_TIME,
};

/* $1 status, $2 created_at and $3 id of the last row seen (NULL: none), $4 rows */
static const struct db_statement list_statement = {
    .name = "refund_list",
    .repeatable = true,
    .sql = REFUND_SELECT "WHERE r.status = $1::text AND ($2::timestamptz IS NULL OR (r.created_at, r.id) < "
                         "($2::timestamptz, $3::uuid)) ORDER BY r.created_at DESC, r.id DESC LIMIT $4::int",
};

/* $1 refund */
static const struct db_statement read_statement = {
    .name = "refund_read",
    .repeatable = true,
    .sql = REFUND_SELECT "WHERE r.id = $1::uuid",
};

/* $1 refund, $2 admin, $3 note, $4 reference */
static const struct db_statement mark_statement = {
    .name = "refund_mark_done",
    .sql = "SELECT mark_refunded($1::uuid, $2::uuid, $3::text, $4::text)",
};
enum mark_column { MARK_OUTCOME };

static struct refund_row read_refund(struct arena *arena, const struct db_result *rows, size_t row)
{
    return (struct refund_row){
        .id = arena_text(arena, db_text(rows, row, REFUND_ID)),
        .order_id = arena_text(arena, db_text(rows, row, REFUND_ORDER)),
        .provider = arena_text(arena, db_text(rows, row, REFUND_PROVIDER)),
        .status = arena_text(arena, db_text(rows, row, REFUND_STATUS)),
        .amount = db_int(rows, row, REFUND_AMOUNT),
        .currency = arena_text(arena, db_text(rows, row, REFUND_CURRENCY)),
        .tickets = arena_text(arena, db_text(rows, row, REFUND_TICKETS)),
        .reason = arena_text(arena, db_text(rows, row, REFUND_REASON)),
        .last_error = db_copy(arena, rows, row, REFUND_LAST_ERROR),
        .created_at = arena_text(arena, db_text(rows, row, REFUND_CREATED_AT)),
        .settled_at = db_copy(arena, rows, row, REFUND_SETTLED_AT),
        .cursor_time = arena_text(arena, db_text(rows, row, REFUND_CURSOR_TIME)),
    };
}

enum db_status refunds_db_list(struct db_pool *pool, struct arena *arena, const char *status,
                               const struct page *page, struct refund_row **ret_refunds, size_t *ret_count)
{
    const char *params[] = {status, page->after_time, page->after_id, db_number(arena, page->limit + 1)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status ran = db_run(pool, &list_statement, ARRAY_LENGTH(params), params, &rows);
    if (ran != DB_OK) {
        return ran;
    }
    *ret_count = db_rows(rows);
    *ret_refunds = arena_alloc(arena, (*ret_count + 1) * sizeof(**ret_refunds));
    for (size_t i = 0; i < *ret_count; i++) {
        (*ret_refunds)[i] = read_refund(arena, rows, i);
    }
    return DB_OK;
}

enum db_status refunds_db_read(struct db_pool *pool, struct arena *arena, const char *refund_id,
                               struct refund_row *ret_refund)
{
    const char *params[] = {refund_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &read_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_refund = read_refund(arena, rows, 0);
    }
    return status;
}

enum db_status refunds_db_mark_done(struct db_pool *pool, const struct refund_note *note,
                                    enum refund_mark *ret_mark)
{
    static const struct {
        const char *name;
        enum refund_mark mark;
    } marks[] = {{"refund_succeeded", REFUND_MARKED},
                 {"not_found", REFUND_MARK_NOT_FOUND},
                 {"other_provider", REFUND_MARK_ELSEWHERE},
                 {"already_settled", REFUND_MARK_SETTLED}};
    const char *params[] = {note->refund_id, note->admin_id, note->note, note->reference};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &mark_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(marks); i++) {
        if (strcmp(marks[i].name, db_text(rows, 0, MARK_OUTCOME)) == 0) {
            *ret_mark = marks[i].mark;
            return DB_OK;
        }
    }
    return DB_FAILED;
}
