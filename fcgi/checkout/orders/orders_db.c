/* orders_db.c: orders in the database. */
#include "fcgi/checkout/orders/orders_db.h"
#include "fcgi/checkout/orders/order_rows.h"
#include <string.h>

/* $1 hold, $2 user */
static const struct db_statement hold_statement = {
    .name = "checkout_hold",
    .repeatable = true,
    .sql = "SELECT h.show_id, h.seats, s.seatmap_id, s.seatmap_version, s.price_tiers, coalesce(h.currency, "
           "s.currency), "
           "h.prices "
           "FROM holds h JOIN shows s ON s.id = h.show_id WHERE h.id = $1::uuid AND h.user_id = $2::uuid",
};
enum {
    HELD_SHOW,
    HELD_SEATS,
    HELD_SEATMAP,
    HELD_SEATMAP_VERSION,
    HELD_PRICE_TIERS,
    HELD_CURRENCY,
    HELD_PRICES
};

/* $1 order, $2 hold, $3 user, $4 e-mail, $5 name, $6 seats, $7 zones, $8 rows, $9 numbers, $10 prices, $11
 * tickets: arrays; $12 currency, $13 seconds to pay, $14 provider, $15 places, $16 zone names: arrays. The
 * payment's id is random: knowing it is what opens payment.url. */
static const struct db_statement create_statement = {
    .name = "checkout_create",
    .sql = "SELECT outcome, order_id FROM create_order($1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, "
           "$6::text[], "
           "$7::text[], $8::text[], $9::int[], $10::bigint[], $11::uuid[], $12::text, $13::int, "
           "gen_random_uuid(), $14::text, $15::int[], $16::text[])",
};
enum create_column { CREATE_OUTCOME, CREATE_ORDER };

/* $1 order */
static const struct db_statement order_statement = {
    .name = "order_any",
    .repeatable = true,
    .sql = ORDER_SELECT "WHERE o.id = $1::uuid",
};

/* $1 order, $2 user */
static const struct db_statement read_statement = {
    .name = "order_read",
    .repeatable = true,
    .sql = ORDER_SELECT "WHERE o.id = $1::uuid AND o.user_id = $2::uuid",
};

/* $1 user, $2 created_at and $3 id of the last row seen (NULL: none), $4 rows */
static const struct db_statement list_statement = {
    .name = "order_list",
    .repeatable = true,
    .sql = ORDER_SELECT "WHERE o.user_id = $1::uuid AND ($2::timestamptz IS NULL OR (o.created_at, o.id) < "
                        "($2::timestamptz, $3::uuid)) "
                        "ORDER BY o.created_at DESC, o.id DESC LIMIT $4::int",
};

/* Orders of everybody, newest first: one statement an index. $1 show, $2 user, $3 status (NULL: any), $4
 * created_at and $5 id of the last row seen (NULL: none), $6 rows */
#define FIND_REST                                                                                            \
    " AND ($4::timestamptz IS NULL OR (o.created_at, o.id) < ($4::timestamptz, $5::uuid)) "                  \
    "ORDER BY o.created_at DESC, o.id DESC LIMIT $6::int"
static const struct db_statement find_of_show_statement = {
    .name = "order_find_of_show",
    .repeatable = true,
    .sql = ORDER_SELECT "WHERE o.show_id = $1::uuid AND ($2::uuid IS NULL OR o.user_id = $2::uuid) "
                        "AND ($3::text IS NULL OR o.status = $3::text)" FIND_REST,
};
static const struct db_statement find_of_user_statement = {
    .name = "order_find_of_user",
    .repeatable = true,
    .sql = ORDER_SELECT "WHERE $1::uuid IS NULL AND o.user_id = $2::uuid "
                        "AND ($3::text IS NULL OR o.status = $3::text)" FIND_REST,
};
static const struct db_statement find_of_status_statement = {
    .name = "order_find_of_status",
    .repeatable = true,
    .sql = ORDER_SELECT "WHERE $1::uuid IS NULL AND $2::uuid IS NULL AND o.status = $3::text" FIND_REST,
};

/* Those that a search finds: $1 to $6 as above, without a user; $7 words */
static const struct db_statement search_statement = {
    .name = "order_search",
    .repeatable = true,
    .sql = ORDER_SELECT
    "WHERE o.id = ANY (find_orders($7::text, $1::uuid, $3::text, $4::timestamptz, $5::uuid, $6::int)) "
    "AND $2::uuid IS NULL ORDER BY o.created_at DESC, o.id DESC",
};

static const struct db_statement buyers_statement = {
    .name = "order_note_buyers",
    .sql = "SELECT note_buyers()",
};
enum buyers_column { BUYERS_MORE };

/* $1 order, $2 user */
static const struct db_statement cancel_statement = {
    .name = "order_cancel",
    .sql = "SELECT cancel_order($1::uuid, $2::uuid)",
};
enum cancel_column { CANCEL_OUTCOME };

/* $1 order, $2 admin, $3 note */
static const struct db_statement note_statement = {
    .name = "order_note",
    .sql = "WITH old AS (SELECT id, admin_note FROM orders WHERE id = $1::uuid FOR UPDATE), "
           "changed AS (UPDATE orders o SET admin_note = $3::text FROM old WHERE o.id = old.id "
           "RETURNING o.id, old.admin_note AS before), "
           "audited AS (INSERT INTO audit_log (actor, action, subject, detail) "
           "SELECT $2::uuid, 'order.note', 'order ' || id, jsonb_build_object('before', before, 'after', "
           "$3::text) "
           "FROM changed) SELECT id FROM changed",
};

/* $1 orders at the most */
static const struct db_statement expire_statement = {
    .name = "order_expire",
    .sql = "SELECT expire_orders($1::int)",
};
enum expire_column { EXPIRE_COUNT };

enum db_status checkout_db_hold(struct db_pool *pool, struct arena *arena, const char *hold_id,
                                const char *user_id, struct hold_to_pay *ret_hold)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status =
        db_run_row(pool, &hold_statement, 2, (const char *const[]){hold_id, user_id}, &rows);
    if (status != DB_OK) {
        return status;
    }
    struct hold_to_pay hold = {
        .show_id = arena_text(arena, db_text(rows, 0, HELD_SHOW)),
        .seatmap_id = arena_text(arena, db_text(rows, 0, HELD_SEATMAP)),
        .seatmap_version = db_int(rows, 0, HELD_SEATMAP_VERSION),
        .price_tiers = db_copy(arena, rows, 0, HELD_PRICE_TIERS),
        .currency = arena_text(arena, db_text(rows, 0, HELD_CURRENCY)),
    };
    hold.seats.items = db_array_items(arena, db_text(rows, 0, HELD_SEATS), &hold.seats.count);
    if (db_text(rows, 0, HELD_PRICES) != NULL) {
        hold.prices.items = db_array_items(arena, db_text(rows, 0, HELD_PRICES), &hold.prices.count);
    }
    *ret_hold = hold;
    return DB_OK;
}

enum db_status orders_db_read_in(struct db *db, struct arena *arena, const char *order_id,
                                 struct order *ret_order)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_query(db, &order_statement, 1, (const char *const[]){order_id}, &rows);
    if (status == DB_OK) {
        *ret_order = order_row(arena, rows, 0);
    }
    return status;
}

enum db_status orders_db_read_any(struct db_pool *pool, struct arena *arena, const char *order_id,
                                  struct order *ret_order)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &order_statement, 1, (const char *const[]){order_id}, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_order = order_row(arena, rows, 0);
    return DB_OK;
}

static enum db_status create_order(struct db *db, struct arena *arena, const struct order_plan *plan,
                                   struct order_result *ret_result)
{
    const char *params[] = {
        plan->order_id,
        plan->hold_id,
        plan->user_id,
        plan->email,
        plan->name,
        db_array(arena, plan->count, plan->seats),
        db_array(arena, plan->count, plan->zones),
        db_array(arena, plan->count, plan->rows),
        db_array(arena, plan->count, plan->numbers),
        db_array(arena, plan->count, plan->prices),
        db_array(arena, plan->count, plan->ticket_ids),
        plan->currency,
        db_number(arena, plan->ttl_seconds),
        plan->provider,
        db_array(arena, plan->count, plan->places),
        db_array(arena, plan->count, plan->zone_names),
    };
    CLEANUP(db_result_free) struct db_result *made = NULL;
    enum db_status status = db_query(db, &create_statement, ARRAY_LENGTH(params), params, &made);
    if (status != DB_OK) {
        return status;
    }
    static const struct {
        const char *name;
        enum order_outcome outcome;
    } outcomes[] = {{"created", ORDER_CREATED},
                    {"existing", ORDER_EXISTING},
                    {"hold_not_found", ORDER_HOLD_NOT_FOUND},
                    {"hold_expired", ORDER_HOLD_EXPIRED},
                    {"show_not_found", ORDER_SHOW_NOT_FOUND},
                    {"sales_closed", ORDER_SALES_CLOSED},
                    {"hold_changed", ORDER_HOLD_EXPIRED}}; /* see order_plan_fill() */
    const char *name = db_rows(made) == 1 ? db_text(made, 0, CREATE_OUTCOME) : "";
    for (size_t i = 0; i < ARRAY_LENGTH(outcomes); i++) {
        if (strcmp(outcomes[i].name, name) != 0) {
            continue;
        }
        ret_result->outcome = outcomes[i].outcome;
        if (ret_result->outcome != ORDER_CREATED && ret_result->outcome != ORDER_EXISTING) {
            return DB_OK;
        }
        status = orders_db_read_in(db, arena, db_text(made, 0, CREATE_ORDER), &ret_result->order);
        ret_result->order.buyer_id = NULL; /* buyers know who they are */
        return status;
    }
    return DB_FAILED;
}

struct create_step {
    struct arena *arena;
    const struct order_attempt *attempt;
    struct idempotency_answer *answer;
    struct order_result *result;
};

/* db_transaction_fn */
static enum db_status create_step(struct db *db, void *context)
{
    const struct create_step *step = context;
    const struct order_attempt *attempt = step->attempt;
    enum db_status status = idempotency_begin(db, step->arena, attempt->idempotency, step->answer);
    if (status != DB_OK || step->answer->state != IDEMPOTENCY_NEW || attempt->plan == NULL) {
        return status;
    }
    status = create_order(db, step->arena, attempt->plan, step->result);
    bool created = step->result->outcome == ORDER_CREATED;
    if (status != DB_OK || (!created && step->result->outcome != ORDER_EXISTING)) {
        return status;
    }
    const struct order *order = &step->result->order;
    return idempotency_store(db, attempt->idempotency, created ? 201 : 200,
                             created ? arena_printf(step->arena, "/api/orders/%s", order->id) : NULL,
                             attempt->render(step->arena, order, attempt->render_context));
}

enum db_status checkout_db_create(struct db_pool *pool, struct arena *arena,
                                  const struct order_attempt *attempt, struct idempotency_answer *ret_answer,
                                  struct order_result *ret_result)
{
    struct create_step step = {arena, attempt, ret_answer, ret_result};
    return db_transaction(pool, create_step, &step);
}

static void read_orders(struct arena *arena, const struct db_result *rows, struct order **ret_orders,
                        size_t *ret_count)
{
    *ret_count = db_rows(rows);
    *ret_orders = arena_alloc(arena, (*ret_count + 1) * sizeof(**ret_orders));
    for (size_t i = 0; i < *ret_count; i++) {
        (*ret_orders)[i] = order_row(arena, rows, i);
    }
}

enum db_status orders_db_list(struct db_pool *pool, struct arena *arena, const char *user_id,
                              const struct page *page, struct order **ret_orders, size_t *ret_count)
{
    const char *params[] = {user_id, page->after_time, page->after_id, db_number(arena, page->limit + 1)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &list_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        read_orders(arena, rows, ret_orders, ret_count);
    }
    return status;
}

enum db_status orders_db_find(struct db_pool *pool, struct arena *arena, const struct order_filter *filter,
                              const struct page *page, struct order **ret_orders, size_t *ret_count)
{
    const char *params[] = {filter->show_id,  filter->user_id, filter->status,
                            page->after_time, page->after_id,  db_number(arena, page->limit + 1),
                            filter->words};
    size_t count = filter->words != NULL ? ARRAY_LENGTH(params) : ARRAY_LENGTH(params) - 1;
    const struct db_statement *statement = filter->words != NULL     ? &search_statement
                                           : filter->show_id != NULL ? &find_of_show_statement
                                           : filter->user_id != NULL ? &find_of_user_statement
                                                                     : &find_of_status_statement;
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, statement, count, params, &rows);
    if (status == DB_OK) {
        read_orders(arena, rows, ret_orders, ret_count);
    }
    return status;
}

enum db_status orders_db_note_buyers(struct db_pool *pool, bool *ret_more)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &buyers_statement, 0, NULL, &rows);
    if (status == DB_OK) {
        *ret_more = db_bool(rows, 0, BUYERS_MORE);
    }
    return status;
}

enum db_status orders_db_read(struct db_pool *pool, struct arena *arena, const char *order_id,
                              const char *user_id, struct order *ret_order)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status =
        db_run_row(pool, &read_statement, 2, (const char *const[]){order_id, user_id}, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_order = order_row(arena, rows, 0);
    return DB_OK;
}

enum db_status orders_db_cancel(struct db_pool *pool, const char *order_id, const char *user_id)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status =
        db_run(pool, &cancel_statement, 2, (const char *const[]){order_id, user_id}, &rows);
    if (status != DB_OK) {
        return status;
    }
    const char *outcome = db_text(rows, 0, CANCEL_OUTCOME);
    if (strcmp(outcome, "cancelled") == 0) {
        return DB_OK;
    }
    return strcmp(outcome, "not_pending") == 0 ? DB_INVALID : DB_NONE;
}

enum db_status orders_db_expire(struct db_pool *pool, struct arena *arena, int64_t limit, int64_t *ret_count)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status =
        db_run(pool, &expire_statement, 1, (const char *const[]){db_number(arena, limit)}, &rows);
    if (status == DB_OK) {
        *ret_count = db_int(rows, 0, EXPIRE_COUNT);
    }
    return status;
}

enum db_status orders_db_note(struct db_pool *pool, const char *order_id, const char *admin_id,
                              const char *note)
{
    const char *const params[] = {order_id, admin_id, note};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run_row(pool, &note_statement, ARRAY_LENGTH(params), params, &rows);
}
