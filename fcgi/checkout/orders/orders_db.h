/* orders_db.h: orders in the database. The rules are in the SQL functions create_order(), cancel_order()
 * and expire_orders() (schema/deploy). Texts returned live in the arena given. */
#ifndef TICKETING_ORDERS_ORDERS_DB_H
#define TICKETING_ORDERS_ORDERS_DB_H

#include "common/db.h"
#include "common/field.h"
#include "common/idempotency.h"
#include "common/page.h"
#include "fcgi/checkout/orders/order.h"

/* A hold as its owner's checkout needs it. It may be in any state, which create_order() judges. */
struct hold_to_pay {
    const char *show_id;
    struct text_list seats;
    const char *seatmap_id;
    int64_t seatmap_version;
    struct text_list prices; /* decimal minor units, one a seat; none: the hold did not keep any */
    const char *price_tiers; /* JSON object zone → minor units; NULL: the seat map's own prices */
    const char *currency;
};

/* What create_order() is asked to make; the lists run in parallel, one element a seat. */
struct order_plan {
    const char *order_id;
    const char *hold_id;
    const char *user_id;
    const char *email;
    const char *name;
    const char *currency;
    const char *provider; /* of the payment */
    int64_t ttl_seconds;
    size_t count;
    const char **seats;
    const char **zones;
    const char **rows;
    const char **numbers;
    const char **prices; /* minor units */
    const char **places; /* index in the seat map */
    const char **zone_names;
    const char **ticket_ids;
};

enum order_outcome {
    ORDER_CREATED,
    ORDER_EXISTING,       /* the hold has become this order before */
    ORDER_HOLD_NOT_FOUND, /* no such hold of the user */
    ORDER_HOLD_EXPIRED,
    ORDER_SHOW_NOT_FOUND, /* the show was deleted, or is not published any more */
    ORDER_SALES_CLOSED,   /* the show is not on sale any more */
};

struct order_result {
    enum order_outcome outcome;
    struct order order; /* ORDER_CREATED and ORDER_EXISTING */
};

/* DB_NONE when the user has no such hold. */
enum db_status checkout_db_hold(struct db_pool *pool, struct arena *arena, const char *hold_id,
                                const char *user_id, struct hold_to_pay *ret_hold) MUST_CHECK;

/* Makes the answer's body from the order; in the arena. */
typedef const char *order_render_fn(struct arena *arena, const struct order *order, const void *context);

struct order_attempt {
    const struct idempotency *idempotency;
    const struct order_plan *plan; /* NULL: only look whether the key has been used */
    order_render_fn *render;       /* of what is stored under the key */
    const void *render_context;
};

/* Makes the order in one transaction. When ret_answer->state is not IDEMPOTENCY_NEW nothing was tried. A
 * refusal is not stored under the key: a hold that has gone does not come back, so a repetition is refused
 * again by itself. */
enum db_status checkout_db_create(struct db_pool *pool, struct arena *arena,
                                  const struct order_attempt *attempt, struct idempotency_answer *ret_answer,
                                  struct order_result *ret_result) MUST_CHECK;

/* The user's orders, newest first: page->limit + 1 at the most. */
enum db_status orders_db_list(struct db_pool *pool, struct arena *arena, const char *user_id,
                              const struct page *page, struct order **ret_orders,
                              size_t *ret_count) MUST_CHECK;
/* Which of everybody's orders; NULL members are no condition, but one of them is set. */
struct order_filter {
    const char *show_id;
    const char *user_id; /* the buyer; not together with words */
    const char *status;  /* as stored: one that is overdue counts as pending until it is closed */
    const char *words;   /* of the buyer's name or address, a seat, an id: see find_orders() */
};
enum db_status orders_db_find(struct db_pool *pool, struct arena *arena, const struct order_filter *filter,
                              const struct page *page, struct order **ret_orders,
                              size_t *ret_count) MUST_CHECK;
/* Notes down who has bought, for searches; *ret_more: there are more. */
enum db_status orders_db_note_buyers(struct db_pool *pool, bool *ret_more) MUST_CHECK;
/* DB_NONE when it does not exist or belongs to another user. */
enum db_status orders_db_read(struct db_pool *pool, struct arena *arena, const char *order_id,
                              const char *user_id, struct order *ret_order) MUST_CHECK;
/* Reads the order of any user, for admins. The first function runs inside a transaction, where the order must
 * exist. */
enum db_status orders_db_read_in(struct db *db, struct arena *arena, const char *order_id,
                                 struct order *ret_order) MUST_CHECK;
enum db_status orders_db_read_any(struct db_pool *pool, struct arena *arena, const char *order_id,
                                  struct order *ret_order) MUST_CHECK;
/* DB_NONE when it does not exist or belongs to another user; DB_INVALID when it is not pending (any more). */
enum db_status orders_db_cancel(struct db_pool *pool, const char *order_id, const char *user_id) MUST_CHECK;
/* Writes the note of an admin down (NULL: takes it away), and in audit_log who changed it from what. DB_NONE
 * when there is no such order. */
enum db_status orders_db_note(struct db_pool *pool, const char *order_id, const char *admin_id,
                              const char *note) MUST_CHECK;
/* Expires at most `limit` overdue orders; `*ret_count` is how many. */
enum db_status orders_db_expire(struct db_pool *pool, struct arena *arena, int64_t limit,
                                int64_t *ret_count) MUST_CHECK;

#endif
