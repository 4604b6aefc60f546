/* GET /payments/events: events of the provider that belong to nothing we know, for an admin to look at. */
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/payments_db.h"

enum { LIMIT_DEFAULT = 20, LIMIT_MAX = 100 };

struct unmatched_values {
    int64_t limit;
};

static const struct field unmatched_fields[] = {
    {.name = "limit",
     .type = FIELD_INTEGER,
     .min = 1,
     .max = LIMIT_MAX,
     .offset = offsetof(struct unmatched_values, limit)},
};
const struct field_spec payment_events_query = FIELD_SPEC(struct unmatched_values, unmatched_fields);

enum problem payment_event_list(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct unmatched_values *query = request_query(request);
    json_t *events = NULL;
    enum db_status status = payments_db_unmatched(checkout->pool, request_arena(request),
                                                  query->limit > 0 ? query->limit : LIMIT_DEFAULT, &events);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return response_json(response, 200, json_pack("{s:o}", "events", events));
}
