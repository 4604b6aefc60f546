/* POST /webhooks/payments/{provider}: what the payment provider tells us. */
#include "checkout.h"
#include "common/clock.h"
#include "common/log.h"
#include "payment_signature.h"
#include "payments_db.h"
#include <string.h>

static void count_and_log(const struct request *request, struct metrics *metrics,
                          const struct payment_event *event, const struct settlement *settlement)
{
    if (strcmp(settlement->outcome, "duplicate") != 0) {
        metrics_add(metrics, METRIC_PAYMENT_EVENTS, 1);
    }
    if (strcmp(settlement->outcome, "paid") == 0 || strcmp(settlement->outcome, "late_paid") == 0) {
        metrics_add(metrics, METRIC_ORDERS_PAID, 1);
        metrics_add(metrics, METRIC_TICKETS_SOLD, settlement->tickets);
    }
    log_event(LOG_LEVEL_INFO, "payment.event",
              json_pack("{s:s, s:s, s:s, s:s?, s:s}", "requestId", request_id(request), "id", event->id,
                        "type", event->type, "paymentId", event->payment_id, "outcome", settlement->outcome));
}

enum problem payment_webhook(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    struct arena *arena = request_arena(request);
    const char *provider = checkout->config->payment_provider;
    if (strcmp(request_param(request, "provider"), provider) != 0) {
        return PROBLEM_NOT_FOUND;
    }
    size_t length = 0;
    const char *raw = request_raw_body(request, &length);
    if (!payment_signature_verify(arena, checkout->config->payment_webhook_secret,
                                  request_header(request, PAYMENT_SIGNATURE_HEADER), raw, length,
                                  clock_seconds())) {
        return PROBLEM_SIGNATURE_INVALID;
    }
    json_error_t error;
    json_auto_t *json = json_loadb(length > 0 ? raw : "", length, 0, &error);
    if (json == NULL) {
        return response_problem(response, PROBLEM_INVALID_JSON, "Line %d, column %d: %s.", error.line,
                                error.column, error.text);
    }
    struct fault_list *faults CLEANUP(fault_list_free) = fault_list_new();
    struct payment_event event;
    if (!payment_event_read(json, arena, faults, &event)) {
        return response_faults(response, faults);
    }
    event.payload = raw;
    struct settlement settlement;
    enum db_status status = payments_db_settle(checkout->pool, arena, provider, &event, &settlement);
    if (status != DB_OK) {
        return checkout_database_problem(response, status, PROBLEM_INTERNAL);
    }
    count_and_log(request, checkout->metrics, &event, &settlement);
    return response_json(response, 200, json_pack("{s:b}", "received", 1));
}
