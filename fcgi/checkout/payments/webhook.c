/* POST /webhooks/payments/{provider}: what the payment provider tells us. */
#include "common/log.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/payments_db.h"
#include "fcgi/checkout/payments/provider.h"
#include <string.h>

static const enum metric action_metrics[PAYMENT_ACTIONS] = {
    [PAYMENT_ACTION_OTHER] = METRIC_PAYMENTS_OTHER,
    [PAYMENT_ACTION_UNREADABLE] = METRIC_PAYMENTS_UNMATCHED,
    [PAYMENT_ACTION_SUCCEEDED] = METRIC_PAYMENTS_SUCCEEDED,
    [PAYMENT_ACTION_DECLINED] = METRIC_PAYMENTS_DECLINED,
    [PAYMENT_ACTION_FAILED] = METRIC_PAYMENTS_DECLINED,
    [PAYMENT_ACTION_EXPIRED] = METRIC_PAYMENTS_EXPIRED,
    [PAYMENT_ACTION_REFUND_SUCCEEDED] = METRIC_PAYMENTS_REFUND,
    [PAYMENT_ACTION_REFUND_FAILED] = METRIC_PAYMENTS_REFUND,
    [PAYMENT_ACTION_OUTSIDE_REFUND_PENDING] = METRIC_PAYMENTS_REFUND,
    [PAYMENT_ACTION_OUTSIDE_REFUND_SUCCEEDED] = METRIC_PAYMENTS_REFUND,
    [PAYMENT_ACTION_OUTSIDE_REFUND_FAILED] = METRIC_PAYMENTS_REFUND,
    [PAYMENT_ACTION_OUTSIDE_CHARGE] = METRIC_PAYMENTS_REFUND,
    [PAYMENT_ACTION_OUTSIDE_DISPUTE_OPEN] = METRIC_PAYMENTS_REFUND,
    [PAYMENT_ACTION_OUTSIDE_DISPUTE_WON] = METRIC_PAYMENTS_REFUND,
    [PAYMENT_ACTION_OUTSIDE_DISPUTE_LOST] = METRIC_PAYMENTS_REFUND,
};

static bool is_unmatched(enum settlement_outcome outcome)
{
    return outcome == SETTLED_UNKNOWN_PAYMENT || outcome == SETTLED_UNKNOWN_REFUND ||
           outcome == SETTLED_AMOUNT_MISMATCH;
}

void payment_count(struct metrics *metrics, enum payment_action action, const struct settlement *settlement)
{
    enum settlement_outcome outcome = settlement->outcome;
    if (outcome != SETTLED_DUPLICATE) {
        metrics_add(metrics, METRIC_PAYMENT_EVENTS, 1);
        metrics_add(metrics, is_unmatched(outcome) ? METRIC_PAYMENTS_UNMATCHED : action_metrics[action], 1);
    }
    if (outcome == SETTLED_PAID || outcome == SETTLED_LATE_PAID) {
        metrics_add(metrics, METRIC_ORDERS_PAID, 1);
        metrics_add(metrics, METRIC_TICKETS_SOLD, settlement->tickets);
    }
}

enum problem payment_webhook(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct payment_provider *provider = checkout->provider;
    if (strcmp(request_param(request, "provider"), provider->name) != 0 || provider->read_event == NULL) {
        return PROBLEM_NOT_FOUND;
    }
    struct payment_event event;
    enum problem problem = provider->read_event(checkout->config, request, response, &event);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct settlement settlement;
    enum db_status status =
        payments_db_settle(checkout->pool, request_arena(request), provider->name, &event, &settlement);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    payment_count(checkout->metrics, event.action, &settlement);
    log_event(LOG_LEVEL_INFO, "payment.event",
              json_pack("{s:s, s:s, s:s, s:s?, s:s}", "requestId", request_id(request), "id", event.id,
                        "type", event.type, "paymentId", event.payment_id, "outcome", settlement.name));
    return response_json(response, 200, json_pack("{s:b}", "received", 1));
}
