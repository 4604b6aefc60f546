/* orders.c: a buyer's orders: list, read, cancel; and the task that expires the unpaid ones. */
#include "fcgi/checkout/orders/orders.h"
#include "common/page.h"
#include "common/response_database.h"
#include "common/turn.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/orders/order_json.h"
#include "fcgi/checkout/orders/orders_db.h"
#include <string.h>

enum {
    EXPIRY_BATCH = 100, /* orders a transaction: short locks, and other hosts get their share */
    NOTES_A_RUN = 1000, /* times ten minutes with orders: a house's past is done in some runs */
};

static const struct field page_fields[] = {PAGE_FIELDS(struct page_values)};
const struct field_spec page_query = FIELD_SPEC(struct page_values, page_fields);

/* Query of GET /orders: a page, and for admins whose. */
struct order_query {
    int64_t limit;
    const char *cursor;
    struct order_filter filter;
};

static const char *const statuses[] = {
    "pending", "paid", "cancelled", "expired", "refunded", "partially_refunded", NULL};

static const struct field order_fields[] = {
    PAGE_FIELDS(struct order_query),
    {.name = "show", .type = FIELD_UUID, .offset = offsetof(struct order_query, filter.show_id)},
    {.name = "user", .type = FIELD_UUID, .offset = offsetof(struct order_query, filter.user_id)},
    {.name = "status",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 32,
     .offset = offsetof(struct order_query, filter.status)},
    {.name = "q",
     .type = FIELD_LINE,
     .min = 2,
     .max = 100,
     .offset = offsetof(struct order_query, filter.words)},
};
static const struct field_spec order_list_query = FIELD_SPEC(struct order_query, order_fields);

static void check_status(const char *status, struct fault_list *faults)
{
    for (size_t i = 0; status != NULL && statuses[i] != NULL; i++) {
        if (strcmp(statuses[i], status) == 0) {
            return;
        }
    }
    if (status != NULL) {
        fault_add(faults, "status", "No order has the status %s.", status);
    }
}

static enum problem order_list(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct order_query *query = request_query(request);
    const struct order_filter *filter = &query->filter;
    bool filtered =
        filter->show_id != NULL || filter->user_id != NULL || filter->status != NULL || filter->words != NULL;
    if (filtered && !request_has_role(request, ROLE_ADMIN)) {
        return PROBLEM_FORBIDDEN;
    }
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct page page;
    check_status(filter->status, faults);
    if (filter->words != NULL && filter->user_id != NULL) {
        fault_add(faults, "q", "This cannot be asked together with user.");
    }
    if (!page_read(query->limit, query->cursor, arena, faults, &page) || fault_count(faults) > 0) {
        return response_faults(response, faults);
    }
    struct order *orders = NULL;
    size_t count = 0;
    enum db_status status = filtered ? orders_db_find(checkout->pool, arena, filter, &page, &orders, &count)
                                     : orders_db_list(checkout->pool, arena, request_user(request)->user_id,
                                                      &page, &orders, &count);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    const char *next = NULL;
    if (page_end((size_t)page.limit, &count)) {
        next = page_cursor(arena, orders[count - 1].cursor_time, orders[count - 1].id);
    }
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!filtered) {
            order_for_buyer(&orders[i]);
        }
        json_array_append_new(array, order_json(&orders[i], checkout->order_view));
    }
    return response_json(response, 200, page_json("orders", array, next));
}

static enum problem order_read(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    struct order order;
    struct arena *arena = request_arena(request);
    const char *id = request_param(request, "id");
    enum db_status status =
        request_has_role(request, ROLE_ADMIN)
            ? orders_db_read_any(checkout->pool, arena, id, &order)
            : orders_db_read(checkout->pool, arena, id, request_user(request)->user_id, &order);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_ORDER_NOT_FOUND);
    }
    if (!request_has_role(request, ROLE_ADMIN)) {
        order_for_buyer(&order);
    }
    return response_json(response, 200, order_json(&order, checkout->order_view));
}

struct note_values {
    const char *note;
};

static const struct field note_fields[] = {
    {.name = "note",
     .type = FIELD_TEXT,
     .required = true,
     .max = 500,
     .offset = offsetof(struct note_values, note)},
};
static const struct field_spec order_note_body = FIELD_SPEC(struct note_values, note_fields);

static enum problem order_note(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct note_values *body = request_body(request);
    enum db_status status =
        orders_db_note(checkout->pool, request_param(request, "id"), request_user(request)->user_id,
                       body->note[0] != '\0' ? body->note : NULL);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_ORDER_NOT_FOUND);
    }
    return order_read(request, response);
}

static enum problem order_cancel(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    enum db_status status =
        orders_db_cancel(checkout->pool, request_param(request, "id"), request_user(request)->user_id);
    if (status == DB_INVALID) {
        return PROBLEM_ORDER_NOT_PENDING;
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_ORDER_NOT_FOUND);
    }
    metrics_add(checkout->metrics, METRIC_ORDERS_CANCELLED, 1);
    return order_read(request, response);
}

void order_expiry_run(void *context)
{
    const struct checkout *checkout = context;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    int64_t expired = EXPIRY_BATCH;
    while (expired == EXPIRY_BATCH && !turn_stopping()) {
        if (orders_db_expire(checkout->pool, arena, EXPIRY_BATCH, &expired) != DB_OK) {
            return; /* logged by db.c; the next round tries again */
        }
        metrics_add(checkout->metrics, METRIC_ORDERS_EXPIRED, expired);
        arena_reset(arena);
    }
}

void buyers_note_run(void *context)
{
    const struct checkout *checkout = context;
    bool more = true;
    for (int i = 0; more && i < NOTES_A_RUN && !turn_stopping(); i++) {
        if (orders_db_note_buyers(checkout->pool, &more) != DB_OK) {
            return; /* logged by db.c; the next round tries again */
        }
    }
}

static const struct route routes[] = {
    {.method = HTTP_GET,
     .pattern = "/orders",
     .auth = AUTH_USER,
     .query = &order_list_query,
     .handler = order_list},
    {.method = HTTP_GET, .pattern = "/orders/:id", .auth = AUTH_USER, .handler = order_read},
    {.method = HTTP_PUT,
     .pattern = "/orders/:id/note",
     .auth = AUTH_ADMIN,
     .body = &order_note_body,
     .handler = order_note},
    {.method = HTTP_POST, .pattern = "/orders/:id/cancel", .auth = AUTH_USER, .handler = order_cancel},
};

const struct route_table orders_routes = {routes, ARRAY_LENGTH(routes)};
