/* GET /payments/events and GET /payments/outside: what the provider told that an admin should look at. */
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/payments_db.h"

typedef enum db_status list_fn(struct db_pool *pool, struct arena *arena, const struct page *page,
                               json_t **ret_items, const char **ret_next);

/* A page of a list, under its name. */
static enum problem answer_page(struct request *request, struct response *response, list_fn *list,
                                const char *name)
{
    const struct checkout *checkout = request_context(request);
    const struct page_values *query = request_query(request);
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct page page;
    if (!page_read(query->limit, query->cursor, arena, faults, &page)) {
        return response_faults(response, faults);
    }
    json_t *items = NULL;
    const char *next = NULL;
    enum db_status status = list(checkout->pool, arena, &page, &items, &next);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return response_json(response, 200, json_pack("{s:o, s:s?}", name, items, "nextCursor", next));
}

enum problem payment_event_list(struct request *request, struct response *response)
{
    return answer_page(request, response, payments_db_unmatched, "events");
}

enum problem payment_outside_list(struct request *request, struct response *response)
{
    return answer_page(request, response, payments_db_outside, "outside");
}
