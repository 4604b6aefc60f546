/* payments_db.h: payments and their providers' events in the database. What an event leads to is decided by
 * the SQL function settle_payment() (schema/deploy). Texts returned live in the arena given. */
#ifndef TICKETING_PAYMENTS_PAYMENTS_DB_H
#define TICKETING_PAYMENTS_PAYMENTS_DB_H

#include "common/db.h"
#include "common/page.h"
#include "fcgi/checkout/payments/provider.h"
#include <jansson.h>

struct payment {
    const char *id;
    const char *status; /* pending, succeeded, declined, refunded, partially_refunded */
    int64_t amount;     /* minor units */
    const char *currency;
    const char *order_id;
    const char *order_status;
    const char *event_title;
    const char *starts_at; /* of the show, RFC 3339 */
    const char *when;      /* the same on the venue's clock, with its zone and offset, for people */
};

/* `when` is in the language: "en" or "vi". DB_NONE when the provider has no such payment. */
enum db_status payments_db_read(struct db_pool *pool, struct arena *arena, const char *provider,
                                const char *payment_id, const char *language,
                                struct payment *ret_payment) MUST_CHECK;

/* What an event led to: see schema/deploy/settle_payment.sql; the last two are mark_paid.sql's. */
enum settlement_outcome {
    SETTLED_DUPLICATE,
    SETTLED_UNKNOWN_TYPE,
    SETTLED_UNKNOWN_PAYMENT,
    SETTLED_UNKNOWN_REFUND,
    SETTLED_AMOUNT_MISMATCH,
    SETTLED_DECLINED,
    SETTLED_ATTEMPT_ENDED,
    SETTLED_PAID,
    SETTLED_LATE_PAID,
    SETTLED_LATE_REFUND,
    SETTLED_BEFORE,
    SETTLED_REFUND_SUCCEEDED,
    SETTLED_REFUND_FAILED,
    SETTLED_OUTSIDE_KEPT,
    SETTLED_OUTSIDE_VOID,
    SETTLED_OUTSIDE_FAILED,
    SETTLED_NOT_FOUND,
    SETTLED_OTHER_PROVIDER,
};

struct settlement {
    enum settlement_outcome outcome;
    const char *name; /* of the outcome, for the log */
    int64_t tickets;  /* of the order that was paid for */
};

/* Stores the event, once, and acts on it. DB_OK also when it changes nothing. */
enum db_status payments_db_settle(struct db_pool *pool, struct arena *arena, const char *provider,
                                  const struct payment_event *event,
                                  struct settlement *ret_settlement) MUST_CHECK;

/* Counts the outcome of an event in the metrics. */
void payment_count(struct metrics *metrics, enum payment_action action, const struct settlement *settlement);

/* Events that belong to nothing we know, newest first, as the API shows them: page->limit at the most. The
 * caller owns the array; `*ret_next` is the cursor of the next page, NULL on the last. */
enum db_status payments_db_unmatched(struct db_pool *pool, struct arena *arena, const struct page *page,
                                     json_t **ret_events, const char **ret_next) MUST_CHECK;

/* Money that went back or is disputed without us (schema/deploy/outside_money.sql), paged in the same way. */
enum db_status payments_db_outside(struct db_pool *pool, struct arena *arena, const struct page *page,
                                   json_t **ret_items, const char **ret_next) MUST_CHECK;

/* An admin has the money. */
struct paid_note {
    const char *order_id;
    const char *admin_id;
    const char *note;
    const char *reference; /* of a bank or a cash book; NULL: none */
};

enum db_status payments_db_mark_paid(struct db_pool *pool, const struct paid_note *note,
                                     struct settlement *ret_settlement) MUST_CHECK;

#endif
