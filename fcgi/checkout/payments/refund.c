/* POST /orders/{id}/refund, and the task that has the provider send the money back. */
#include "common/identifier.h"
#include "common/log.h"
#include "common/response_database.h"
#include "common/turn.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/orders/order_json.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/refunds_db.h"
#include <string.h>

enum {
    REFUND_BATCH = 20,
    REFUND_LEASE_SECONDS = 300,
    TICKETS_MAX = 100,
};

struct refund_values {
    struct text_list tickets;
    bool has_tickets;
    bool force;
};

static const struct field refund_fields[] = {
    {.name = "tickets",
     .type = FIELD_UUID_LIST,
     .nullable = true,
     .min = 1,
     .max = TICKETS_MAX,
     .offset = offsetof(struct refund_values, tickets),
     .present_offset = offsetof(struct refund_values, has_tickets)},
    {.name = "force", .type = FIELD_BOOLEAN, .offset = offsetof(struct refund_values, force)},
};
const struct field_spec order_refund_body = {
    .fields = refund_fields,
    .count = ARRAY_LENGTH(refund_fields),
    .size = sizeof(struct refund_values),
    .body_optional = true,
};

/* Which tickets are in the way. */
static void name_tickets(struct response *response, const struct text_list *tickets)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < tickets->count; i++) {
        json_array_append_new(ids, json_string(tickets->items[i]));
    }
    response_problem_member(response, "tickets", ids);
}

/* Names the place of each ticket that is not the order's. */
static enum problem respond_unknown(struct response *response, const struct text_list *wanted,
                                    const struct text_list *unknown)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    for (size_t i = 0; i < wanted->count; i++) {
        for (size_t k = 0; k < unknown->count; k++) {
            if (strcmp(wanted->items[i], unknown->items[k]) == 0) {
                char path[32];
                snprintf(path, sizeof(path), "tickets[%zu]", i);
                fault_add(faults, path, "This is no ticket of the order.");
            }
        }
    }
    return response_faults(response, faults);
}

static enum problem respond(struct request *request, struct response *response,
                            const struct refund_result *result)
{
    const struct checkout *checkout = request_context(request);
    const struct refund_values *body = request_body(request);
    switch (result->outcome) {
    case REFUND_DECIDED:
        return response_json(response, 200, order_json(&result->order, checkout->order_view));
    case REFUND_NOT_FOUND:
        return PROBLEM_ORDER_NOT_FOUND;
    case REFUND_NOT_PAID:
        return PROBLEM_ORDER_NOT_PAID;
    case REFUND_UNKNOWN_TICKET:
        return respond_unknown(response, &body->tickets, &result->tickets);
    case REFUND_NOT_VALID:
        name_tickets(response, &result->tickets);
        return response_problem(response, PROBLEM_TICKET_NOT_VALID,
                                "These tickets have been refunded before: see tickets.");
    case REFUND_CHECKED_IN:
        name_tickets(response, &result->tickets);
        return response_problem(response, PROBLEM_TICKET_CHECKED_IN,
                                "Somebody has come in with these tickets: see tickets; `force` refunds them "
                                "all the same.");
    case REFUND_NOT_PAYABLE:
        return response_problem(response, PROBLEM_AMOUNT_NOT_PAYABLE,
                                "The prices of these tickets add up to an amount that the payment provider "
                                "cannot send. Nothing was changed: refund other tickets together.");
    case REFUND_WENT_OUTSIDE:
        return response_problem(
            response, PROBLEM_MONEY_WENT_OUTSIDE,
            "Less is left of the payment than these tickets cost: see outsideMoney of the "
            "order. Nothing was changed: give back what is missing at the payment provider.");
    }
    return PROBLEM_INTERNAL;
}

enum problem order_refund(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct refund_values *body = request_body(request);
    struct idempotency idempotency;
    enum problem problem = idempotency_read(request, response, &idempotency);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char refund_id[UUID_SIZE];
    uuid_new(refund_id);
    const struct refund_wish wish = {
        .idempotency = &idempotency,
        .refund_id = refund_id,
        .order_id = request_param(request, "id"),
        .admin_id = request_user(request)->user_id,
        .tickets = body->has_tickets && body->tickets.count > 0 ? &body->tickets : NULL,
        .force = body->force,
        .render = order_json_text,
        .render_context = checkout->order_view,
    };
    struct idempotency_answer answer = {.state = IDEMPOTENCY_NEW};
    struct refund_result result = {0};
    enum db_status status =
        refunds_db_decide(checkout->pool, request_arena(request), &wish, &answer, &result);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_ORDER_NOT_FOUND);
    }
    if (answer.state != IDEMPOTENCY_NEW) {
        return idempotency_respond(response, &answer);
    }
    return respond(request, response, &result);
}

static bool send_refund(const struct checkout *checkout, const struct provider_context *context,
                        const struct payment_refund *refund)
{
    const char *reference = NULL;
    const char *reason = NULL;
    enum provider_answer answer = checkout->provider->refund(context, refund, &reference, &reason);
    if (answer == PROVIDER_DONE || answer == PROVIDER_REFUSED) {
        metrics_add(checkout->metrics,
                    answer == PROVIDER_DONE ? METRIC_REFUNDS_SUCCEEDED : METRIC_REFUNDS_FAILED, 1);
        log_event(answer == PROVIDER_DONE ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "refund.sent",
                  json_pack("{s:s, s:s, s:b, s:s?}", "refundId", refund->id, "orderId", refund->order_id,
                            "succeeded", answer == PROVIDER_DONE, "reason", reason));
    }
    return refunds_db_finish(checkout->pool, checkout->provider->name, refund->id, answer, reference,
                             reason) == DB_OK;
}

void refund_send_run(void *context)
{
    const struct checkout *checkout = context;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct provider_context provider = {checkout->config, checkout->metrics, arena};
    size_t count = REFUND_BATCH;
    while (count == REFUND_BATCH && !turn_stopping()) {
        arena_reset(arena);
        struct payment_refund *refunds = NULL;
        if (refunds_db_claim(checkout->pool, arena, checkout->provider->name, REFUND_BATCH,
                             REFUND_LEASE_SECONDS, &refunds, &count) != DB_OK) {
            return; /* logged by db.c; the next round tries again */
        }
        for (size_t i = 0; i < count && !turn_stopping(); i++) {
            if (!send_refund(checkout, &provider, &refunds[i])) {
                return; /* the lease runs out, then it is asked for again under the same number */
            }
        }
    }
}
