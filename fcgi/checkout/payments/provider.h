/* provider.h: what every payment provider can do; PAYMENT_PROVIDER chooses one.
 *
 * None of these functions may be called inside a database transaction: they may take seconds. What is about
 * to be asked is written down first under a number (attempts_db.h); the provider gets that number as
 * its idempotency key, so that asking again after a lost answer is harmless.
 *
 * To add a provider: a folder or file here with its struct payment_provider, a line in provider.c, its name
 * and what it needs in common/config.c (and nginx/ctl/settings.sh), the amounts that it cannot express in
 * common/payable.c, its page in openapi.yaml. */
#ifndef TICKETING_PAYMENTS_PROVIDER_H
#define TICKETING_PAYMENTS_PROVIDER_H

#include "common/config.h"
#include "common/metrics.h"
#include "common/request.h"
#include "common/response.h"
#include "common/route.h"
#include <stdint.h>

/* The outcome of a request to the provider. */
enum provider_answer {
    PROVIDER_DONE,
    PROVIDER_PENDING, /* accepted; whether it succeeds will be known later */
    PROVIDER_REFUSED, /* said no: asking for the same again is of no use */
    PROVIDER_UNKNOWN, /* no usable answer: it may have been done; ask again under the same number */
};

/* What the functions below may use. */
struct provider_context {
    const struct config *config;
    struct metrics *metrics; /* may be NULL */
    struct arena *arena;     /* what they return lives in it */
};

/* One attempt at a payment, as it was written down. Amounts here and below are in minor units of ISO 4217. */
struct payment_attempt {
    const char *payment_id;
    const char *order_id;
    int64_t number;
    int64_t amount;
    const char *currency;
    const char *description; /* what is paid for */
    const char *email;       /* of the buyer */
    int64_t expires_at;      /* seconds since the epoch: when the page should stop taking money */
};

struct payment_page {
    const char *reference; /* the provider's name of this attempt */
    const char *url;       /* where the buyer pays */
};

enum payment_phase {
    PAYMENT_OPEN,       /* the buyer may still pay */
    PAYMENT_PROCESSING, /* the buyer has paid, but the money may still fail to come */
    PAYMENT_PAID,
    PAYMENT_OVER, /* this page takes no money any more */
};

struct payment_state {
    enum payment_phase phase;
    int64_t amount; /* PAYMENT_PAID: this and the next two */
    const char *currency;
    const char *charge; /* the provider's name of the money */
};

struct payment_refund {
    const char *id;
    const char *order_id;
    int64_t amount;
    const char *currency;
    const char *charge; /* NULL: the provider has no name for the money */
    int64_t attempt;
    int64_t tries;         /* how often this attempt was asked for, with this time: from 1 */
    const char *reference; /* the provider's name of the refund; NULL: not known */
};

/* What an event means to us. settle_payment() has the same words (schema/deploy). */
enum payment_action {
    PAYMENT_ACTION_OTHER,      /* kept, and changes nothing */
    PAYMENT_ACTION_UNREADABLE, /* kept for a person to look at: signed, and not what the provider describes */
    PAYMENT_ACTION_SUCCEEDED,
    PAYMENT_ACTION_DECLINED, /* the buyer may try again */
    PAYMENT_ACTION_FAILED,   /* this attempt is over; so it is by the next one */
    PAYMENT_ACTION_EXPIRED,
    PAYMENT_ACTION_REFUND_SUCCEEDED, /* a refund of ours */
    PAYMENT_ACTION_REFUND_FAILED,
    PAYMENT_ACTION_OUTSIDE_REFUND_PENDING, /* one that was made without us */
    PAYMENT_ACTION_OUTSIDE_REFUND_SUCCEEDED,
    PAYMENT_ACTION_OUTSIDE_REFUND_FAILED,
    PAYMENT_ACTION_OUTSIDE_CHARGE, /* how much of a charge went back in all, refunds of ours included */
    PAYMENT_ACTION_OUTSIDE_DISPUTE_OPEN,
    PAYMENT_ACTION_OUTSIDE_DISPUTE_WON,
    PAYMENT_ACTION_OUTSIDE_DISPUTE_LOST,
    PAYMENT_ACTIONS, /* how many there are */
};

/* An event as we understand it. */
struct payment_event {
    const char *id;   /* the provider's, 1 to 255 bytes: the same event sent twice has the same id */
    const char *type; /* in the provider's words */
    enum payment_action action;
    const char *payment_id; /* UUID of the payment, or of the refund; NULL when it names none */
    int64_t amount;
    const char *currency;  /* NULL when it says nothing of money */
    const char *reference; /* the provider's name of the attempt, refund, charge or dispute; NULL: not said */
    const char *charge;    /* the provider's name of the money; NULL: not said */
    const char *payload;   /* the whole event, JSON */
};

struct payment_provider {
    const char *name;
    /* GET and POST of PUBLIC_URL/api/payments/<name>/<payment>, where buyers pay; NULL: nothing is there. */
    handler_fn *page, *page_settle;
    /* How long a page must and may last, in seconds. */
    int least_seconds, most_seconds;

    /* Makes a page for the attempt; NULL: the page is our own, or there is none. */
    enum provider_answer (*create)(const struct provider_context *context,
                                   const struct payment_attempt *attempt, struct payment_page *ret_page);
    /* What has become of an attempt; NULL together with `create`. */
    enum provider_answer (*look_up)(const struct provider_context *context, const char *reference,
                                    struct payment_state *ret_state);
    /* Closes the page of an attempt, so that it takes no more money. PROVIDER_REFUSED: it is too late, the
     * attempt has to be looked at again. */
    enum provider_answer (*close)(const struct provider_context *context, const char *reference);
    /* Sends money back, whole or part; `*ret_reference` is the provider's name for it (NULL: it has none). A
     * refusal is explained in `*ret_reason`. */
    enum provider_answer (*refund)(const struct provider_context *context,
                                   const struct payment_refund *refund, const char **ret_reference,
                                   const char **ret_reason);
    /* Verifies the signature over the raw body and reads the event. PROBLEM_NONE, or the problem to answer
     * with, perhaps set in `response` already. NULL: this provider sends no events. */
    enum problem (*read_event)(const struct config *config, struct request *request,
                               struct response *response, struct payment_event *ret_event);
};

extern const struct payment_provider payment_test_provider;
extern const struct payment_provider payment_stripe_provider;
extern const struct payment_provider payment_manual_provider;

/* Where buyers pay a payment of the provider of that name; NULL when it has no page. The caller frees it. */
char *payment_page_url(const char *public_url, const char *provider, const char *payment_id);

/* By name; NULL when there is none of that name. */
const struct payment_provider *payment_provider_find(const char *name);

#endif
