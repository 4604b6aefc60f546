/* audit.c: GET /audit: who changed what, when, from what into what and why; for admins. */
#include "common/page.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/reports/audit_db.h"
#include "fcgi/checkout/reports/reports.h"

enum { OBJECTS_MAX = 20 };

struct audit_values {
    int64_t limit;
    const char *cursor;
    struct text_list objects;
    const char *actor;
    const char *from;
    const char *to;
};

static const struct field audit_fields[] = {
    PAGE_FIELDS(struct audit_values),
    {.name = "object",
     .type = FIELD_TEXT_LIST,
     .min = 1,
     .max = OBJECTS_MAX,
     .offset = offsetof(struct audit_values, objects)},
    {.name = "actor", .type = FIELD_UUID, .offset = offsetof(struct audit_values, actor)},
    {.name = "from", .type = FIELD_TIME, .offset = offsetof(struct audit_values, from)},
    {.name = "to", .type = FIELD_TIME, .offset = offsetof(struct audit_values, to)},
};
const struct field_spec audit_list_query = FIELD_SPEC(struct audit_values, audit_fields);

static json_t *audit_json(const struct audit_row *row)
{
    json_t *detail = row->detail != NULL ? json_loads(row->detail, JSON_DECODE_ANY, NULL) : json_null();
    return json_pack("{s:s, s:s?, s:s, s:s, s:s?, s:o}", "at", row->at, "actor", row->actor, "action",
                     row->action, "object", row->subject, "reason", row->reason, "detail", detail);
}

enum problem audit_list(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct audit_values *query = request_query(request);
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct page page;
    if (!page_read(query->limit, query->cursor, arena, faults, &page)) {
        return response_faults(response, faults);
    }
    const struct audit_filter filter = {query->objects, query->actor, query->from, query->to};
    struct audit_row *rows = NULL;
    size_t count = 0;
    enum db_status status = audit_db_list(checkout->pool, arena, &filter, &page, &rows, &count);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    const char *next = NULL;
    if (page_end((size_t)page.limit, &count)) {
        next = page_cursor(arena, rows[count - 1].cursor_time, rows[count - 1].cursor_id);
    }
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, audit_json(&rows[i]));
    }
    return response_json(response, 200, page_json("entries", array, next));
}
