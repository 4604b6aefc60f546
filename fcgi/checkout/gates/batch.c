/* POST /checkins/batch: an evening's scans of a gate that had no network. All are looked at before the first
 * is recorded, then they are recorded some hundred at a time: memory is bounded by the body, locks are short,
 * and a gate that lost the answer sends everything again. A code that cannot be read is a refused scan and
 * never a reason to turn away the others. */
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/gates/answer.h"
#include "fcgi/checkout/gates/checkin_db.h"
#include "fcgi/checkout/gates/gates.h"
#include "fcgi/checkout/paper/key_file.h"
#include <string.h>

enum {
    BATCH_MAX = 10000,
    BATCH_BODY_MAX = 8 * 1024 * 1024, /* bytes; nginx/locations.conf.in says the same */
};

struct batch_values {
    const json_t *scans;
};

static const struct field batch_fields[] = {
    {.name = "scans",
     .type = FIELD_OBJECTS,
     .required = true,
     .min = 1,
     .max = BATCH_MAX,
     .offset = offsetof(struct batch_values, scans)},
};
const struct field_spec checkin_batch_body = {
    .fields = batch_fields,
    .count = ARRAY_LENGTH(batch_fields),
    .size = sizeof(struct batch_values),
    .body_max = BATCH_BODY_MAX,
};

struct batch_scan {
    const char *scan_id;
    const char *scanned_at;
    const char *gate;
    const char *show_id;
    const char *direction;
};

static const char *const directions[] = {"in", "out", NULL};

/* All but `qr`, which may be any text. */
static const struct field scan_fields[] = {
    {.name = "scanId",
     .type = FIELD_TEXT,
     .required = true,
     .min = 1,
     .max = SCAN_ID_LENGTH,
     .offset = offsetof(struct batch_scan, scan_id)},
    {.name = "scannedAt",
     .type = FIELD_TIME,
     .required = true,
     .offset = offsetof(struct batch_scan, scanned_at)},
    {.name = "gate",
     .type = FIELD_TEXT,
     .nullable = true,
     .min = 1,
     .max = SCAN_GATE_LENGTH,
     .offset = offsetof(struct batch_scan, gate)},
    {.name = "showId", .type = FIELD_UUID, .nullable = true, .offset = offsetof(struct batch_scan, show_id)},
    {.name = "direction",
     .type = FIELD_CHOICE,
     .choices = directions,
     .offset = offsetof(struct batch_scan, direction)},
};
static const struct field_spec scan_spec = FIELD_SPEC(struct batch_scan, scan_fields);

/* Everything of scans[index] but what its code says; NULL when there is a fault. `*ret_text` is borrowed. */
static struct scan *read_scan(struct arena *arena, const json_t *scans, size_t index,
                              struct fault_list *faults, const json_t **ret_text)
{
    CLEANUP(fault_list_free) struct fault_list *found = fault_list_new();
    json_t *sent = json_array_get(scans, index);
    const json_t *text = json_object_get(sent, "qr");
    if (!json_is_string(text)) {
        fault_add(found, "qr", "This must be a text.");
    }
    json_auto_t *rest = json_copy(sent);
    json_object_del(rest, "qr");
    struct batch_scan values;
    if (!field_parse_json(&scan_spec, rest, arena, found, &values) || fault_count(found) > 0) {
        for (size_t i = 0; i < fault_count(found) && i < FAULT_LIMIT; i++) {
            fault_add(faults, arena_printf(arena, "scans[%zu].%s", index, fault_path(found, i)), "%s",
                      fault_message(found, i));
        }
        return NULL;
    }
    struct scan *scan = arena_alloc(arena, sizeof(*scan));
    *scan = (struct scan){
        .scan_id = values.scan_id,
        .direction = values.direction,
        .gate = values.gate,
        .show_id = values.show_id,
        .scanned_at = values.scanned_at,
    };
    *ret_text = text;
    return scan;
}

static void check_scans(const json_t *scans, struct fault_list *faults)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (size_t i = 0; i < json_array_size(scans) && fault_count(faults) < FAULT_LIMIT; i++) {
        const json_t *text = NULL;
        (void)read_scan(arena, scans, i, faults, &text);
        arena_reset(arena);
    }
}

/* Records scans[start] and those behind it, SCANS_PER_CALL at the most, and appends their answers. */
static enum db_status record_some(const struct checkout *checkout, const char *by_user, const json_t *scans,
                                  size_t start, json_t *results)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    size_t left = json_array_size(scans) - start;
    size_t count = left < SCANS_PER_CALL ? left : SCANS_PER_CALL;
    struct scan *some = arena_alloc(arena, count * sizeof(*some));
    struct scan_answer *answers = arena_alloc(arena, count * sizeof(*answers));
    const struct ticket_ring *ring = ticket_keys_borrow(checkout->ticket_keys);
    for (size_t i = 0; i < count; i++) {
        const json_t *text = NULL;
        const struct scan *scan = read_scan(arena, scans, start + i, faults, &text);
        if (scan != NULL) { /* always: check_scans() found no fault */
            some[i] = *scan;
            scan_read_text(&some[i], arena, ring, json_string_value(text), json_string_length(text));
        }
    }
    ticket_keys_return(checkout->ticket_keys, ring);
    enum db_status status = checkin_db_record(checkout->pool, arena, by_user, count, some, answers);
    for (size_t i = 0; i < count && status == DB_OK; i++) {
        json_array_append_new(results, checkin_answer_json(&answers[i]));
        if (scan_is_first_entry(&answers[i])) {
            metrics_add(checkout->metrics, METRIC_TICKETS_CHECKED_IN, 1);
        }
    }
    return status;
}

enum problem checkin_batch(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const json_t *scans = ((const struct batch_values *)request_body(request))->scans;
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    check_scans(scans, faults);
    if (fault_count(faults) > 0) {
        return response_faults(response, faults);
    }
    json_auto_t *results = json_array();
    for (size_t start = 0; start < json_array_size(scans); start += SCANS_PER_CALL) {
        enum db_status status = record_some(checkout, request_user(request)->user_id, scans, start, results);
        if (status != DB_OK) {
            return response_database(response, status, PROBLEM_INTERNAL);
        }
    }
    return response_json(response, 200, json_pack("{s:O}", "results", results));
}
