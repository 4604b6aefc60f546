/* POST /webhooks/payments/{provider}: what the payment provider tells us. */
#include "common/log.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/payments_db.h"
#include "fcgi/checkout/payments/provider.h"
#include <string.h>

static bool is_one_of(const char *text, const char *one, const char *other)
{
    return strcmp(text, one) == 0 || strcmp(text, other) == 0;
}

static enum metric metric_of(const struct payment_event *event, const struct settlement *settlement)
{
    if (is_one_of(settlement->outcome, "unknown_payment", "amount_mismatch") ||
        strcmp(settlement->outcome, "unknown_refund") == 0) {
        return METRIC_PAYMENTS_UNMATCHED;
    }
    if (strncmp(event->action, "refund.", 7) == 0) {
        return METRIC_PAYMENTS_REFUND;
    }
    if (is_one_of(event->action, "payment.declined", "payment.failed")) {
        return METRIC_PAYMENTS_DECLINED;
    }
    if (strcmp(event->action, "payment.expired") == 0) {
        return METRIC_PAYMENTS_EXPIRED;
    }
    return strcmp(event->action, "payment.succeeded") == 0 ? METRIC_PAYMENTS_SUCCEEDED
                                                           : METRIC_PAYMENTS_OTHER;
}

void payment_count(struct metrics *metrics, const struct payment_event *event,
                   const struct settlement *settlement)
{
    if (strcmp(settlement->outcome, "duplicate") != 0) {
        metrics_add(metrics, METRIC_PAYMENT_EVENTS, 1);
        metrics_add(metrics, metric_of(event, settlement), 1);
    }
    if (is_one_of(settlement->outcome, "paid", "late_paid")) {
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
    payment_count(checkout->metrics, &event, &settlement);
    log_event(LOG_LEVEL_INFO, "payment.event",
              json_pack("{s:s, s:s, s:s, s:s?, s:s}", "requestId", request_id(request), "id", event.id,
                        "type", event.type, "paymentId", event.payment_id, "outcome", settlement.outcome));
    return response_json(response, 200, json_pack("{s:b}", "received", 1));
}
