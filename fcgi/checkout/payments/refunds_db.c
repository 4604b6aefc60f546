/* refunds_db.c: refunds in the database. */
#include "fcgi/checkout/payments/refunds_db.h"
#include "common/payable.h"
#include <string.h>

/* $1 order: neither its currency nor the provider of its payments ever changes */
static const struct db_statement terms_statement = {
    .name = "refund_terms",
    .sql = "SELECT o.currency, p.provider FROM orders o JOIN payments p ON p.order_id = o.id "
           "WHERE o.id = $1::uuid ORDER BY p.created_at DESC LIMIT 1",
};
enum terms_column { TERMS_CURRENCY, TERMS_PROVIDER };

/* $1 new refund, $2 order, $3 tickets (NULL: all), $4 forced, $5 admin, $6 what the amount must be a multiple
 * of */
static const struct db_statement refund_statement = {
    .name = "refund_order",
    .sql = "SELECT outcome, tickets FROM refund_asked($1::uuid, $2::uuid, $3::uuid[], $4::boolean, $5::uuid, "
           "'refunded by an admin', $6::bigint)",
};
enum refund_column { REFUND_OUTCOME, REFUND_TICKETS };

/* $1 provider, $2 rows, $3 seconds */
static const struct db_statement claim_statement = {
    .name = "refund_claim",
    .sql = "SELECT refund, order_id, amount, currency, charge, attempt, tries, reference "
           "FROM claim_refunds($1::text, $2::int, $3::int)",
};
enum claim_column {
    CLAIM_REFUND,
    CLAIM_ORDER,
    CLAIM_AMOUNT,
    CLAIM_CURRENCY,
    CLAIM_CHARGE,
    CLAIM_ATTEMPT,
    CLAIM_TRIES,
    CLAIM_REFERENCE,
};

/* $1 refund, $2 provider, $3 result, $4 reference, $5 reason */
static const struct db_statement finish_statement = {
    .name = "refund_finish",
    .sql = "SELECT finish_refund($1::uuid, $2::text, $3::text, $4::text, $5::text)",
};

struct refund_step {
    struct arena *arena;
    const struct refund_wish *wish;
    struct idempotency_answer *answer;
    struct refund_result *result;
};

static bool read_outcome(const char *name, enum refund_outcome *ret_outcome)
{
    static const struct {
        const char *name;
        enum refund_outcome outcome;
    } outcomes[] = {{"refunded", REFUND_DECIDED},        {"nothing_due", REFUND_DECIDED},
                    {"retried", REFUND_DECIDED},         {"not_found", REFUND_NOT_FOUND},
                    {"not_paid", REFUND_NOT_PAID},       {"unknown_ticket", REFUND_UNKNOWN_TICKET},
                    {"not_valid", REFUND_NOT_VALID},     {"checked_in", REFUND_CHECKED_IN},
                    {"not_payable", REFUND_NOT_PAYABLE}, {"went_outside", REFUND_WENT_OUTSIDE}};
    for (size_t i = 0; i < ARRAY_LENGTH(outcomes); i++) {
        if (strcmp(outcomes[i].name, name) == 0) {
            *ret_outcome = outcomes[i].outcome;
            return true;
        }
    }
    return false;
}

/* The step of the amounts that the order's provider can send; 1 when there is no such order. */
static enum db_status read_step(struct db *db, const char *order_id, int64_t *ret_step)
{
    const char *params[] = {order_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_query(db, &terms_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_step = db_rows(rows) == 0
                        ? 1
                        : payable_step(db_text(rows, 0, TERMS_PROVIDER), db_text(rows, 0, TERMS_CURRENCY));
    }
    return status;
}

static enum db_status decide(struct db *db, const struct refund_step *step)
{
    const struct refund_wish *wish = step->wish;
    const char *tickets =
        wish->tickets == NULL ? NULL : db_array(step->arena, wish->tickets->count, wish->tickets->items);
    int64_t step_size = 1;
    enum db_status status = read_step(db, wish->order_id, &step_size);
    if (status != DB_OK) {
        return status;
    }
    const char *params[] = {wish->refund_id, wish->order_id,
                            tickets,         wish->force ? "true" : "false",
                            wish->admin_id,  db_number(step->arena, step_size)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    status = db_query(db, &refund_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    if (!read_outcome(db_text(rows, 0, REFUND_OUTCOME), &step->result->outcome)) {
        return DB_FAILED;
    }
    const char *named = db_text(rows, 0, REFUND_TICKETS);
    step->result->tickets = (struct text_list){0};
    if (named != NULL) {
        step->result->tickets.items = db_array_items(step->arena, named, &step->result->tickets.count);
    }
    return DB_OK;
}

/* db_transaction_fn */
static enum db_status refund_step(struct db *db, void *context)
{
    const struct refund_step *step = context;
    const struct refund_wish *wish = step->wish;
    enum db_status status = idempotency_begin(db, step->arena, wish->idempotency, step->answer);
    if (status != DB_OK || step->answer->state != IDEMPOTENCY_NEW) {
        return status;
    }
    status = decide(db, step);
    if (status != DB_OK || step->result->outcome != REFUND_DECIDED) {
        return status;
    }
    status = orders_db_read_in(db, step->arena, wish->order_id, &step->result->order);
    if (status != DB_OK) {
        return status;
    }
    return idempotency_store(db, wish->idempotency, 200, NULL,
                             wish->render(step->arena, &step->result->order, wish->render_context));
}

enum db_status refunds_db_decide(struct db_pool *pool, struct arena *arena, const struct refund_wish *wish,
                                 struct idempotency_answer *ret_answer, struct refund_result *ret_result)
{
    struct refund_step step = {arena, wish, ret_answer, ret_result};
    return db_transaction(pool, refund_step, &step);
}

enum db_status refunds_db_claim(struct db_pool *pool, struct arena *arena, const char *provider,
                                int64_t limit, int64_t lease_seconds, struct payment_refund **ret_refunds,
                                size_t *ret_count)
{
    const char *params[] = {provider, db_number(arena, limit), db_number(arena, lease_seconds)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &claim_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(rows);
    struct payment_refund *refunds = arena_alloc(arena, (count + 1) * sizeof(*refunds));
    for (size_t i = 0; i < count; i++) {
        refunds[i] = (struct payment_refund){
            .id = arena_text(arena, db_text(rows, i, CLAIM_REFUND)),
            .order_id = arena_text(arena, db_text(rows, i, CLAIM_ORDER)),
            .amount = db_int(rows, i, CLAIM_AMOUNT),
            .currency = arena_text(arena, db_text(rows, i, CLAIM_CURRENCY)),
            .charge = db_copy(arena, rows, i, CLAIM_CHARGE),
            .attempt = db_int(rows, i, CLAIM_ATTEMPT),
            .tries = db_int(rows, i, CLAIM_TRIES),
            .reference = db_copy(arena, rows, i, CLAIM_REFERENCE),
        };
    }
    *ret_refunds = refunds;
    *ret_count = count;
    return DB_OK;
}

enum db_status refunds_db_finish(struct db_pool *pool, const char *provider, const char *refund_id,
                                 enum provider_answer answer, const char *reference, const char *reason)
{
    static const char *const results[] = {
        [PROVIDER_DONE] = "succeeded",
        [PROVIDER_PENDING] = "pending",
        [PROVIDER_REFUSED] = "failed",
        [PROVIDER_UNKNOWN] = "unknown",
    };
    const char *params[] = {refund_id, provider, results[answer], reference, reason};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run(pool, &finish_statement, ARRAY_LENGTH(params), params, &rows);
}
