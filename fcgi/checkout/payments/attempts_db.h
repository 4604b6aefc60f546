/* attempts_db.h: attempts at payments in the database: written down before the provider is asked, and
 * claimed again by the reconciliation when its answer or event never came (schema/deploy/open_payment.sql,
 * check_payments.sql). Texts returned live in the arena given. */
#ifndef TICKETING_PAYMENTS_ATTEMPTS_DB_H
#define TICKETING_PAYMENTS_ATTEMPTS_DB_H

#include "common/db.h"
#include "fcgi/checkout/payments/provider.h"

enum open_outcome {
    OPEN_NOT_FOUND,
    OPEN_SETTLED, /* nothing is to be paid any more */
    OPEN_ENDED,   /* the order is over */
    OPEN_PAGE,    /* there is a page */
    OPEN_ATTEMPT, /* ask the provider for one */
    OPEN_REFUSED, /* the provider was asked and refused: asking again is of no use; never from the database */
};

struct opened_payment {
    enum open_outcome outcome;
    const char *page;               /* OPEN_PAGE */
    struct payment_attempt attempt; /* OPEN_ATTEMPT */
};

/* Begins an attempt, or finds the one that is open. `failed` is the number of an attempt that the provider
 * refused, 0 for none. */
enum db_status payment_attempts_db_open(struct db_pool *pool, struct arena *arena,
                                        const struct payment_provider *provider, const char *payment_id,
                                        int64_t failed, struct opened_payment *ret_opened) MUST_CHECK;

/* What the provider answered; a no-op when another attempt has begun meanwhile. */
enum db_status payment_attempts_db_record(struct db_pool *pool, struct arena *arena,
                                          const struct payment_attempt *attempt,
                                          const struct payment_page *page) MUST_CHECK;

struct payment_check {
    struct payment_attempt attempt;
    const char *reference; /* NULL: the provider's answer was lost */
    bool ended;            /* the order is over: no more money is to be taken */
};

/* Leases up to `limit` payments that the provider should be asked about. */
enum db_status payment_attempts_db_claim(struct db_pool *pool, struct arena *arena, const char *provider,
                                         int64_t limit, int64_t lease_seconds,
                                         struct payment_check **ret_checks, size_t *ret_count) MUST_CHECK;
/* The payment is still open: it is looked at again later. */
enum db_status payment_attempts_db_postpone(struct db_pool *pool, struct arena *arena,
                                            const struct payment_attempt *attempt) MUST_CHECK;
/* The page of this attempt takes no money any more; the next attempt gets another number. */
enum db_status payment_attempts_db_end(struct db_pool *pool, const char *payment_id,
                                       const char *reference) MUST_CHECK;

#endif
