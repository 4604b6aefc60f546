/* call.h: one request to Stripe's API (docs.stripe.com/api): form encoding, version,
 * idempotency key, time limits, and a bounded number of repetitions. */
#ifndef TICKETING_PAYMENTS_STRIPE_CALL_H
#define TICKETING_PAYMENTS_STRIPE_CALL_H

#include "fcgi/checkout/payments/provider.h"
#include <jansson.h>

#define STRIPE_API_VERSION "2024-06-20"

/* An application/x-www-form-urlencoded body that grows; lives in an arena. */
struct stripe_form {
    struct arena *arena;
    const char *text; /* NULL: empty */
};

/* Adds name=value. `name` is ours and needs no encoding (its brackets stay as in Stripe's documents). */
void stripe_form_add(struct stripe_form *form, const char *name, const char *value);
void stripe_form_add_number(struct stripe_form *form, const char *name, int64_t number);

struct stripe_request {
    const char *path;               /* below STRIPE_API_BASE, "/v1/…", encoded */
    const struct stripe_form *form; /* NULL: GET */
    const char *idempotency_key;    /* NULL: none (GET) */
};

struct stripe_reply {
    int status;        /* the last answer's; 0: none came */
    json_t *json;      /* of the answer; NULL: it was none. The caller's */
    const char *error; /* Stripe's words for a refusal, in the arena; NULL: none */
};

/* Repeats up to twice, after a pause that grows, when no complete answer came or it was 409 (the same key is
 * being worked on), 429 or 5xx. PROVIDER_DONE: 2xx with JSON. PROVIDER_REFUSED: another 4xx. Takes 35 s at
 * the most. PROVIDER_UNKNOWN also for 401 and 403: then our key is at fault, not what was asked for. */
enum provider_answer stripe_call(const struct provider_context *context, const struct stripe_request *request,
                                 struct stripe_reply *ret_reply) MUST_CHECK;

/* A text member of an object, copied; NULL when it is none. */
const char *stripe_text(const struct provider_context *context, const json_t *object, const char *name);

#endif
