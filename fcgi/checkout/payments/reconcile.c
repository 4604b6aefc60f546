/* Background task: asks the provider about payments whose event has not come while it should have, and about
 * answers that were lost; settles them, or has their page closed when the order is over. */
#include "common/log.h"
#include "common/turn.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/payments/attempts_db.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/payments_db.h"
#include <string.h>

enum {
    CHECK_BATCH = 20,
    CHECK_LEASE_SECONDS = 120, /* longer than a batch of calls takes when all goes well */
};

static bool settle(const struct checkout *checkout, const struct provider_context *context,
                   const struct payment_check *check, const struct payment_state *state)
{
    const char *id = arena_printf(context->arena, "reconciled-%s", state->charge);
    json_auto_t *json = json_pack("{s:s, s:s, s:s, s:I, s:s}", "reconciled", check->reference, "charge",
                                  state->charge, "paymentId", check->attempt.payment_id, "amount",
                                  (json_int_t)state->amount, "currency", state->currency);
    CLEANUP(free) char *payload = json_dumps(json, JSON_COMPACT);
    const struct payment_event event = {
        .id = id,
        .type = "reconciled",
        .action = PAYMENT_ACTION_SUCCEEDED,
        .payment_id = check->attempt.payment_id,
        .amount = state->amount,
        .currency = state->currency,
        .reference = check->reference,
        .charge = state->charge,
        .payload = payload,
    };
    struct settlement settlement;
    enum db_status status =
        payments_db_settle(checkout->pool, context->arena, checkout->provider->name, &event, &settlement);
    if (status != DB_OK) {
        return false; /* the lease runs out */
    }
    payment_count(checkout->metrics, event.action, &settlement);
    metrics_add(checkout->metrics, METRIC_PAYMENTS_RECONCILED, 1);
    log_event(LOG_LEVEL_WARN, "payment.reconciled",
              json_pack("{s:s, s:s}", "paymentId", event.payment_id, "outcome", settlement.name));
    return true;
}

/* The answer that told the attempt's name was lost: ask again under the same number. */
static enum provider_answer find_reference(const struct checkout *checkout,
                                           const struct provider_context *context,
                                           struct payment_check *check)
{
    struct payment_page page = {0};
    enum provider_answer answer = checkout->provider->create(context, &check->attempt, &page);
    if (answer != PROVIDER_DONE) {
        return answer;
    }
    check->reference = page.reference;
    return payment_attempts_db_record(checkout->pool, context->arena, &check->attempt, &page) == DB_OK
               ? PROVIDER_DONE
               : PROVIDER_UNKNOWN;
}

/* True when the attempt is over, with or without the money; else it has to be looked at again. */
static bool check_payment(const struct checkout *checkout, const struct provider_context *context,
                          struct payment_check *check)
{
    const char *payment_id = check->attempt.payment_id;
    if (check->reference == NULL) {
        enum provider_answer found = find_reference(checkout, context, check);
        if (found == PROVIDER_REFUSED) {
            return payment_attempts_db_end(checkout->pool, payment_id, NULL) == DB_OK;
        }
        if (found != PROVIDER_DONE) {
            return false;
        }
    }
    struct payment_state state = {.phase = PAYMENT_OPEN};
    if (checkout->provider->look_up(context, check->reference, &state) != PROVIDER_DONE) {
        return false;
    }
    if (state.phase == PAYMENT_PAID) {
        return settle(checkout, context, check, &state);
    }
    if (state.phase == PAYMENT_OPEN && check->ended &&
        checkout->provider->close(context, check->reference) == PROVIDER_DONE) {
        state.phase = PAYMENT_OVER;
    }
    return state.phase == PAYMENT_OVER &&
           payment_attempts_db_end(checkout->pool, payment_id, check->reference) == DB_OK;
}

void payment_reconcile_run(void *context)
{
    const struct checkout *checkout = context;
    if (checkout->provider->look_up == NULL) {
        return;
    }
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct provider_context provider = {checkout->config, checkout->metrics, arena};
    size_t count = CHECK_BATCH;
    while (count == CHECK_BATCH && !turn_stopping()) {
        arena_reset(arena);
        struct payment_check *checks = NULL;
        if (payment_attempts_db_claim(checkout->pool, arena, checkout->provider->name, CHECK_BATCH,
                                      CHECK_LEASE_SECONDS, &checks, &count) != DB_OK) {
            return; /* logged by db.c; the next round tries again */
        }
        for (size_t i = 0; i < count && !turn_stopping(); i++) {
            if (!check_payment(checkout, &provider, &checks[i]) &&
                payment_attempts_db_postpone(checkout->pool, arena, &checks[i].attempt) != DB_OK) {
                return;
            }
        }
    }
}
