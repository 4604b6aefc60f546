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
    REFUND_NOT_PAYABLE,  /* the provider cannot express the amount */
    REFUND_WENT_OUTSIDE, /* less is left of the payment: money went back or is in dispute without us */
};

struct refund_result {
    enum refund_outcome outcome;
    struct text_list tickets; /* which, REFUND_UNKNOWN_TICKET and the two after it */
    struct order order;       /* REFUND_DECIDED */
};

/* In one transaction: tickets void, seats free, the refund written down for the task that has it sent. When
 * ret_answer->state is not IDEMPOTENCY_NEW nothing was tried. */
enum db_status refunds_db_decide(struct db_pool *pool, struct arena *arena, const struct refund_wish *wish,
                                 struct idempotency_answer *ret_answer,
                                 struct refund_result *ret_result) MUST_CHECK;

/* Leases up to `limit` refunds that the provider has to be asked for. */
enum db_status refunds_db_claim(struct db_pool *pool, struct arena *arena, const char *provider,
                                int64_t limit, int64_t lease_seconds, struct payment_refund **ret_refunds,
                                size_t *ret_count) MUST_CHECK;
/* Records the outcome of a refund. `reference` and `reason` may be NULL. */
enum db_status refunds_db_finish(struct db_pool *pool, const char *provider, const char *refund_id,
                                 enum provider_answer answer, const char *reference,
                                 const char *reason) MUST_CHECK;

/* A refund as admins see it. */
struct refund_row {
    const char *id;
    const char *order_id;
    const char *provider;
    const char *status; /* pending, succeeded, failed: as stored */
    int64_t amount;     /* minor units of `currency` */
    const char *currency;
    const char *tickets; /* JSON array of ids; empty: money that came too late or twice */
    const char *reason;
    const char *last_error; /* NULL: none */
    const char *created_at; /* RFC 3339, as is the next */
    const char *settled_at; /* NULL: pending */
    const char *cursor_time;
};

/* The refunds of one status, newest first: page->limit + 1 at the most. */
enum db_status refunds_db_list(struct db_pool *pool, struct arena *arena, const char *status,
                               const struct page *page, struct refund_row **ret_refunds,
                               size_t *ret_count) MUST_CHECK;
enum db_status refunds_db_read(struct db_pool *pool, struct arena *arena, const char *refund_id,
                               struct refund_row *ret_refund) MUST_CHECK;

enum refund_mark {
    REFUND_MARKED,
    REFUND_MARK_NOT_FOUND,
    REFUND_MARK_ELSEWHERE, /* its provider tells us itself */
    REFUND_MARK_SETTLED,   /* it is not pending */
};

struct refund_note {
    const char *refund_id;
    const char *admin_id;
    const char *note;
    const char *reference; /* of the bank or the cash book; NULL: none */
};

/* An admin has given the money back. */
enum db_status refunds_db_mark_done(struct db_pool *pool, const struct refund_note *note,
                                    enum refund_mark *ret_mark) MUST_CHECK;

#endif
