/* refunds_db.h: refunds in the database (schema/deploy/refund_order.sql, send_refunds.sql). Texts returned
 * live in the arena given. */
#ifndef TICKETING_PAYMENTS_REFUNDS_DB_H
#define TICKETING_PAYMENTS_REFUNDS_DB_H

#include "fcgi/checkout/orders/orders_db.h"
#include "fcgi/checkout/payments/provider.h"

struct refund_wish {
    const struct idempotency *idempotency;
    const char *refund_id; /* of the new refund */
    const char *order_id;
    const char *admin_id;
    const struct text_list *tickets; /* NULL: all */
    bool force;                      /* also tickets that have been used */
    order_render_fn *render;         /* of what is stored under the key */
    const void *render_context;
};

enum refund_outcome {
    REFUND_DECIDED, /* or tried again */
    REFUND_NOT_FOUND,
    REFUND_NOT_PAID,
    REFUND_UNKNOWN_TICKET,
    REFUND_NOT_VALID,
    REFUND_CHECKED_IN,
    REFUND_NOT_PAYABLE, /* the provider cannot express the amount */
};

struct refund_result {
    enum refund_outcome outcome;
    struct text_list tickets; /* which, REFUND_UNKNOWN_TICKET and the two after it */
    struct order order;       /* REFUND_DECIDED */
};

/* In one transaction: tickets void, seats free, the refund written down for whoever sends it. When
 * ret_answer->state is not IDEMPOTENCY_NEW nothing was tried. */
enum db_status refunds_db_decide(struct db_pool *pool, struct arena *arena, const struct refund_wish *wish,
                                 struct idempotency_answer *ret_answer,
                                 struct refund_result *ret_result) MUST_CHECK;

/* Leases up to `limit` refunds that the provider has to be asked for. */
enum db_status refunds_db_claim(struct db_pool *pool, struct arena *arena, const char *provider,
                                int64_t limit, int64_t lease_seconds, struct payment_refund **ret_refunds,
                                size_t *ret_count) MUST_CHECK;
/* What came of it. `reference` and `reason` may be NULL. */
enum db_status refunds_db_finish(struct db_pool *pool, const char *provider, const char *refund_id,
                                 enum provider_answer answer, const char *reference,
                                 const char *reason) MUST_CHECK;

#endif
