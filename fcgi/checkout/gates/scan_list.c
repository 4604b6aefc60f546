/* scan_list.c: GET /shows/:id/checkins/scans: the scans of a show for the desk, above all those that a rule
 * would have refused. */
#include "common/page.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/gates/answer.h"
#include "fcgi/checkout/gates/gates.h"
#include "fcgi/checkout/gates/scan_list_db.h"

struct scan_query {
    int64_t limit;
    const char *cursor;
    bool flagged;
    bool flagged_given; /* else all */
};

static const struct field scan_fields[] = {
    PAGE_FIELDS(struct scan_query),
    {.name = "flagged",
     .type = FIELD_BOOLEAN,
     .offset = offsetof(struct scan_query, flagged),
     .present_offset = offsetof(struct scan_query, flagged_given)},
};
const struct field_spec scan_list_query = FIELD_SPEC(struct scan_query, scan_fields);

static json_t *scan_json(const struct kept_scan *scan)
{
    return json_pack("{s:s, s:s?, s:s, s:s?, s:s?, s:s, s:s?, s:s?, s:s?, s:s, s:s, s:o}", "id", scan->id,
                     "scanId", scan->scan_id, "outcome", scan->outcome, "reason", scan->reason, "flag",
                     scan->flag, "direction", scan->direction, "ticketId", scan->ticket_id, "seatId",
                     scan->seat_id, "gate", scan->gate, "scannedAt", scan->at, "receivedAt",
                     scan->received_at, "earlier", checkin_earlier_json(&scan->earlier));
}

enum problem scan_list(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct scan_query *query = request_query(request);
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct page page;
    if (!page_read(query->limit, query->cursor, arena, faults, &page)) {
        return response_faults(response, faults);
    }
    const enum scan_choice given = query->flagged ? SCANS_FLAGGED : SCANS_NOT_FLAGGED;
    struct kept_scan *scans = NULL;
    size_t count = 0;
    enum db_status status =
        scan_list_db_read(checkout->pool, arena, request_param(request, "id"),
                          query->flagged_given ? given : SCANS_ALL, &page, &scans, &count);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    const char *next = NULL;
    if (count > (size_t)page.limit) {
        count = (size_t)page.limit;
        next = page_cursor(arena, scans[count - 1].cursor_time, scans[count - 1].id);
    }
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, scan_json(&scans[i]));
    }
    return response_json(response, 200, json_pack("{s:o, s:s?}", "scans", array, "nextCursor", next));
}
