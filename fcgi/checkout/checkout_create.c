/* POST /checkout: the seats of a hold are priced here and become an order in the database, in one
 * transaction. */
#include "common/identifier.h"
#include "common/payable.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/orders/order_json.h"
#include "fcgi/checkout/orders/order_plan.h"
#include "fcgi/checkout/orders/orders_db.h"
#include "fcgi/checkout/payments/page.h"
#include <stdlib.h>
#include <string.h>

struct checkout_values {
    const char *hold_id;
};

static const struct field checkout_fields[] = {
    {.name = "holdId",
     .type = FIELD_UUID,
     .required = true,
     .offset = offsetof(struct checkout_values, hold_id)},
};
static const struct field_spec checkout_create_body = FIELD_SPEC(struct checkout_values, checkout_fields);

/* Which seats at which prices. DB_NONE: no such hold. */
static enum db_status plan_order(const struct checkout *checkout, struct arena *arena,
                                 struct order_plan *plan)
{
    struct hold_to_pay hold;
    enum db_status status = checkout_db_hold(checkout->pool, arena, plan->hold_id, plan->user_id, &hold);
    return status == DB_OK ? order_plan_fill(checkout->maps, arena, &hold, plan) : status;
}

/* Names each price that the provider cannot express, as a ticket of that price could never be refunded, and a
 * total that is less than the provider takes. Shows saved since have neither. */
static void check_prices(const struct order_plan *plan, struct fault_list *faults)
{
    int64_t total = 0;
    for (size_t i = 0; i < plan->count; i++) {
        int64_t price = strtoll(plan->prices[i], NULL, 10);
        total += price;
        if (!payable_amount(plan->provider, plan->currency, price)) {
            fault_add(faults, "holdId",
                      "Seat %s costs %s (minor units) %s, which payment provider %s cannot express: it must "
                      "be a multiple of %lld.",
                      plan->seats[i], plan->prices[i], plan->currency, plan->provider,
                      (long long)payable_step(plan->provider, plan->currency));
        }
    }
    if (total > 0 && total < payable_least(plan->provider, plan->currency)) {
        fault_add(faults, "holdId",
                  "The seats cost %lld (minor units) %s, and payment provider %s takes %lld or more.",
                  (long long)total, plan->currency, plan->provider,
                  (long long)payable_least(plan->provider, plan->currency));
    }
}

/* Total 0 is paid at once. */
static void count_order(struct metrics *metrics, const struct order_result *result, size_t tickets)
{
    if (result->outcome != ORDER_CREATED) {
        return;
    }
    metrics_add(metrics, METRIC_ORDERS_CREATED, 1);
    if (strcmp(result->order.status, "paid") == 0) {
        metrics_add(metrics, METRIC_ORDERS_PAID, 1);
        metrics_add(metrics, METRIC_TICKETS_SOLD, (int64_t)tickets);
    }
}

static enum problem respond(struct request *request, struct response *response,
                            const struct order_result *result)
{
    const struct checkout *checkout = request_context(request);
    switch (result->outcome) {
    case ORDER_HOLD_NOT_FOUND:
        return PROBLEM_HOLD_NOT_FOUND;
    case ORDER_HOLD_EXPIRED:
        return PROBLEM_HOLD_EXPIRED;
    case ORDER_SHOW_NOT_FOUND:
        return PROBLEM_SHOW_NOT_FOUND;
    case ORDER_SALES_CLOSED:
        return PROBLEM_SALES_CLOSED;
    case ORDER_CREATED:
        response_header(response, "Location",
                        arena_printf(request_arena(request), "/api/orders/%s", result->order.id));
        return response_json(response, 201, order_json(&result->order, checkout->order_view));
    case ORDER_EXISTING:
        return response_json(response, 200, order_json(&result->order, checkout->order_view));
    }
    return PROBLEM_INTERNAL;
}

static enum problem checkout_create(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct checkout_values *body = request_body(request);
    const struct token_claims *user = request_user(request);
    struct idempotency idempotency;
    enum problem problem = idempotency_read(request, response, &idempotency);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char order_id[UUID_SIZE];
    uuid_new(order_id);
    struct order_plan plan = {
        .order_id = order_id,
        .hold_id = body->hold_id,
        .user_id = user->user_id,
        .email = user->email,
        .name = user->full_name,
        .provider = checkout->config->payment_provider,
        .ttl_seconds = checkout->config->order_ttl_seconds,
    };
    enum db_status planned = plan_order(checkout, request_arena(request), &plan);
    if (planned != DB_OK && idempotency.key == NULL) {
        return response_database(response, planned, PROBLEM_HOLD_NOT_FOUND);
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    if (planned == DB_OK) {
        check_prices(&plan, faults);
    }
    if (fault_count(faults) > 0) {
        return response_faults(response, faults);
    }
    const struct order_attempt attempt = {&idempotency, planned == DB_OK ? &plan : NULL, order_json_text,
                                          checkout->order_view};
    struct idempotency_answer answer = {.state = IDEMPOTENCY_NEW};
    struct order_result result = {0};
    enum db_status status =
        checkout_db_create(checkout->pool, request_arena(request), &attempt, &answer, &result);
    if (status == DB_OK && answer.state != IDEMPOTENCY_NEW) {
        return idempotency_respond(response, &answer);
    }
    if (status != DB_OK || planned != DB_OK) {
        return response_database(response, status != DB_OK ? status : planned, PROBLEM_HOLD_NOT_FOUND);
    }
    count_order(checkout->metrics, &result, plan.count);
    if (result.outcome == ORDER_CREATED) {
        payment_prepare(checkout, request_arena(request), &result.order);
    }
    return respond(request, response, &result);
}

static const struct route routes[] = {
    {.method = HTTP_POST,
     .pattern = "/checkout",
     .auth = AUTH_USER,
     .limited = true,
     .body = &checkout_create_body,
     .handler = checkout_create},
};

const struct route_table checkout_routes = {routes, ARRAY_LENGTH(routes)};
