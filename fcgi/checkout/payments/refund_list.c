/* GET /refunds and POST /refunds/{id}/mark-done: admins see which money is still owed, and say what they gave
 * back by hand. */
#include "common/log.h"
#include "common/page.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/payments/by_hand.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/refunds_db.h"
#include <string.h>

struct list_values {
    int64_t limit;
    const char *cursor;
    const char *status;
};

static const struct field list_fields[] = {
    PAGE_FIELDS(struct list_values),
    {.name = "status",
     .type = FIELD_TEXT,
     .required = true,
     .min = 1,
     .max = 32,
     .offset = offsetof(struct list_values, status)},
};
const struct field_spec refund_list_query = FIELD_SPEC(struct list_values, list_fields);

/* What the API calls a status, and what the database does. */
static const struct {
    const char *shown, *stored;
} statuses[] = {{"pending", "pending"}, {"failed", "failed"}, {"done", "succeeded"}};

static const char *stored_status(const char *shown, struct fault_list *faults)
{
    for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++) {
        if (strcmp(statuses[i].shown, shown) == 0) {
            return statuses[i].stored;
        }
    }
    fault_add(faults, "status", "This must be pending, failed or done.");
    return NULL;
}

static json_t *refund_json(const struct refund_row *refund)
{
    bool done = strcmp(refund->status, "succeeded") == 0;
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:o, s:s, s:s?, s:s, s:s?}", "id", refund->id, "orderId",
                     refund->order_id, "provider", refund->provider, "status", done ? "done" : refund->status,
                     "amount", (json_int_t)refund->amount, "currency", refund->currency, "tickets",
                     json_loads(refund->tickets, 0, NULL), "reason", refund->reason, "error",
                     refund->last_error, "createdAt", refund->created_at, "doneAt",
                     done ? refund->settled_at : NULL);
}

enum problem refund_list(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct list_values *query = request_query(request);
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct page page;
    const char *stored = stored_status(query->status, faults);
    if (!page_read(query->limit, query->cursor, arena, faults, &page) || fault_count(faults) > 0) {
        return response_faults(response, faults);
    }
    struct refund_row *refunds = NULL;
    size_t count = 0;
    enum db_status status = refunds_db_list(checkout->pool, arena, stored, &page, &refunds, &count);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    const char *next = NULL;
    if (page_end((size_t)page.limit, &count)) {
        next = page_cursor(arena, refunds[count - 1].cursor_time, refunds[count - 1].id);
    }
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, refund_json(&refunds[i]));
    }
    return response_json(response, 200, page_json("refunds", array, next));
}

enum problem refund_mark_done(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct by_hand *body = request_body(request);
    const struct refund_note note = {
        .refund_id = request_param(request, "id"),
        .admin_id = request_user(request)->user_id,
        .note = body->note,
        .reference = body->reference,
    };
    enum refund_mark mark = REFUND_MARK_NOT_FOUND;
    enum db_status status = refunds_db_mark_done(checkout->pool, &note, &mark);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_REFUND_NOT_FOUND);
    }
    if (mark == REFUND_MARK_NOT_FOUND) {
        return PROBLEM_REFUND_NOT_FOUND;
    }
    if (mark != REFUND_MARKED) {
        return mark == REFUND_MARK_ELSEWHERE ? PROBLEM_PAYMENT_ELSEWHERE : PROBLEM_REFUND_NOT_PENDING;
    }
    metrics_add(checkout->metrics, METRIC_REFUNDS_SUCCEEDED, 1);
    log_event(LOG_LEVEL_INFO, "refund.marked",
              json_pack("{s:s, s:s, s:s}", "requestId", request_id(request), "refundId", note.refund_id,
                        "adminId", note.admin_id));
    struct refund_row refund;
    status = refunds_db_read(checkout->pool, request_arena(request), note.refund_id, &refund);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_REFUND_NOT_FOUND);
    }
    return response_json(response, 200, refund_json(&refund));
}
