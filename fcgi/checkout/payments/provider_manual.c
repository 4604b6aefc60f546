/* The payment provider `manual`: bank transfer or box office. Only an admin tells the service that the money
 * has come. */
#include "common/log.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/orders/order_json.h"
#include "fcgi/checkout/payments/by_hand.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/payments_db.h"
#include "fcgi/checkout/payments/provider.h"
#include <string.h>

/* Why nothing was marked; PROBLEM_NONE: it was, or the money came too late. */
static enum problem refusal_of(enum settlement_outcome outcome)
{
    switch (outcome) {
    case SETTLED_NOT_FOUND:
        return PROBLEM_ORDER_NOT_FOUND;
    case SETTLED_OTHER_PROVIDER:
        return PROBLEM_PAYMENT_ELSEWHERE;
    case SETTLED_BEFORE:
        return PROBLEM_PAYMENT_NOT_PENDING;
    default:
        return PROBLEM_NONE;
    }
}

static enum problem answer_order(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    struct order order;
    enum db_status status =
        orders_db_read_any(checkout->pool, request_arena(request), request_param(request, "id"), &order);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_ORDER_NOT_FOUND);
    }
    return response_json(response, 200, order_json(&order, checkout->order_view));
}

enum problem order_mark_paid(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct by_hand *body = request_body(request);
    const struct paid_note note = {
        .order_id = request_param(request, "id"),
        .admin_id = request_user(request)->user_id,
        .note = body->note,
        .reference = body->reference,
    };
    struct settlement settlement;
    enum db_status status = payments_db_mark_paid(checkout->pool, &note, &settlement);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_ORDER_NOT_FOUND);
    }
    enum problem refusal = refusal_of(settlement.outcome);
    if (refusal == PROBLEM_NONE) {
        payment_count(checkout->metrics, PAYMENT_ACTION_SUCCEEDED, &settlement);
    }
    log_event(LOG_LEVEL_INFO, "payment.marked",
              json_pack("{s:s, s:s, s:s, s:s}", "requestId", request_id(request), "orderId", note.order_id,
                        "adminId", note.admin_id, "outcome", settlement.name));
    return refusal != PROBLEM_NONE ? refusal : answer_order(request, response);
}

/* A person gives the money back, as it was taken: by hand. The refund is pending until an admin marks it
 * done. */
static enum provider_answer refund(const struct provider_context *context,
                                   const struct payment_refund *wanted, const char **ret_reference,
                                   const char **ret_reason)
{
    (void)context;
    (void)wanted;
    *ret_reference = NULL;
    *ret_reason = NULL;
    return PROVIDER_PENDING;
}

const struct payment_provider payment_manual_provider = {
    .name = "manual",
    .refund = refund,
};
