/* GET /events-log: everything that happened, for receivers that want to catch up by themselves. */
#include "common/page.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/outbox/outbox.h"
#include "fcgi/checkout/outbox/outbox_db.h"

struct log_values {
    int64_t limit;
    const char *after;
};

static const struct field log_fields[] = {
    {.name = "limit",
     .type = FIELD_INTEGER,
     .min = 1,
     .max = PAGE_LIMIT_MAX,
     .offset = offsetof(struct log_values, limit)},
    {.name = "after", .type = FIELD_UUID, .offset = offsetof(struct log_values, after)},
};
const struct field_spec event_log_list_query = FIELD_SPEC(struct log_values, log_fields);

enum problem event_log_list(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct log_values *values = request_query(request);
    size_t limit = values->limit > 0 ? (size_t)values->limit : PAGE_LIMIT_DEFAULT;
    struct outbox_event *events = NULL;
    size_t count = 0;
    enum db_status status =
        outbox_db_log(checkout->pool, request_arena(request), values->after, (int64_t)limit, &events, &count);
    if (status == DB_NONE) {
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        fault_add(faults, "after", "there is no such event");
        return response_faults(response, faults);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    const char *next = page_end(limit, &count) ? events[count - 1].id : NULL;
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:o}", "id", events[i].id, "type",
                                               events[i].type, "createdAt", events[i].created_at, "data",
                                               json_loads(events[i].data, 0, NULL)));
    }
    return response_json(response, 200, page_json("events", array, next));
}
