/* POST /checkins/batch: an evening's scans of a gate that had no network. They are recorded
 * some hundred at a time: memory is bounded by the body, locks are short,
 * and a gate that lost the answer sends everything again. A scan that cannot be read is refused and never a
 * reason to turn away the others. */
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/gates/answer.h"
#include "fcgi/checkout/gates/checkin_db.h"
#include "fcgi/checkout/gates/gates.h"
#include "fcgi/checkout/paper/key_file.h"
#include <stdio.h>
#include <string.h>

enum {
    BATCH_MAX = 10000,
    BATCH_BODY_MAX = 8 * 1024 * 1024, /* bytes; nginx/locations.conf.in says the same */
};

struct batch_values {
    const json_t *scans;
    const char *sent_at;
};

static const struct field batch_fields[] = {
    {.name = "scans",
     .type = FIELD_VALUES,
     .required = true,
     .min = 1,
     .max = BATCH_MAX,
     .offset = offsetof(struct batch_values, scans)},
    {.name = "sentAt", .type = FIELD_TIME, .offset = offsetof(struct batch_values, sent_at)},
};
const struct field_spec checkin_batch_create_body = {
    .fields = batch_fields,
    .count = ARRAY_LENGTH(batch_fields),
    .size = sizeof(struct batch_values),
    .lenient_text = true,
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
     .type = FIELD_LINE,
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

/* Reads an element of `scans` but what its code says. False when there is a fault, which `faults` names. */
static bool read_scan(struct arena *arena, const json_t *sent, struct fault_list *faults,
                      struct scan *ret_scan)
{
    if (!json_is_object(sent)) {
        fault_add(faults, "scan", "This must be an object.");
        return false;
    }
    if (!json_is_string(json_object_get(sent, "qr"))) {
        fault_add(faults, "qr", "This must be a text.");
    }
    json_auto_t *rest = json_object();
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)sent, name, value)
    {
        if (strcmp(name, "qr") != 0) {
            json_object_set(rest, name, value);
        }
    }
    struct batch_scan values;
    if (!field_parse_json(&scan_spec, rest, arena, faults, &values) || fault_count(faults) > 0) {
        return false;
    }
    *ret_scan = (struct scan){
        .scan_id = values.scan_id,
        .direction = values.direction,
        .gate = values.gate,
        .show_id = values.show_id,
        .scanned_at = values.scanned_at,
    };
    return true;
}

/* The result of a scan that says too little to be kept; the caller owns it. */
static json_t *refuse_scan(const json_t *sent, const struct fault_list *faults)
{
    const char *scan_id = json_string_value(json_object_get(sent, "scanId"));
    const char *direction = json_string_value(json_object_get(sent, "direction"));
    bool out = direction != NULL && strcmp(direction, "out") == 0;
    char detail[256];
    snprintf(detail, sizeof(detail), "%s: %s", fault_path(faults, 0), fault_message(faults, 0));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "scanId", scan_id == NULL ? "" : scan_id, "outcome",
                     "refused", "direction", out ? "out" : "in", "code",
                     problem_info(PROBLEM_VALIDATION_FAILED)->code, "reason", "scan_invalid", "detail",
                     detail);
}

/* Scans on their way to the database, and the places of their answers among the results. */
struct some_scans {
    size_t count;
    struct scan scans[SCANS_PER_CALL];
    size_t places[SCANS_PER_CALL];
    struct scan_answer answers[SCANS_PER_CALL];
};

/* Judges what can be judged here: puts refusals into `results`, and null for the scans that go to the
 * database. */
static void read_some(const struct checkout *checkout, struct arena *arena, const struct batch_values *body,
                      size_t start, json_t *results, struct some_scans *ret_some)
{
    const struct ticket_ring *ring = ticket_keys_borrow(checkout->ticket_keys);
    for (size_t i = start; i < json_array_size(body->scans) && i < start + SCANS_PER_CALL; i++) {
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        const json_t *sent = json_array_get(body->scans, i);
        struct scan *scan = &ret_some->scans[ret_some->count];
        if (!read_scan(arena, sent, faults, scan)) {
            json_array_append_new(results, refuse_scan(sent, faults));
            continue;
        }
        const json_t *text = json_object_get(sent, "qr");
        scan->sent_at = body->sent_at;
        scan_read_text(scan, arena, ring, json_string_value(text), json_string_length(text));
        ret_some->places[ret_some->count++] = i;
        json_array_append_new(results, json_null());
    }
    ticket_keys_return(checkout->ticket_keys, ring);
}

/* Records scans[start] and those behind it, SCANS_PER_CALL at the most, and appends their answers. */
static enum db_status record_some(const struct checkout *checkout, const char *by_user,
                                  const struct batch_values *body, size_t start, json_t *results)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct some_scans *some = arena_alloc(arena, sizeof(*some));
    read_some(checkout, arena, body, start, results, some);
    if (some->count == 0) {
        return DB_OK;
    }
    enum db_status status =
        checkin_db_record(checkout->pool, arena, by_user, some->count, some->scans, some->answers);
    for (size_t i = 0; i < some->count && status == DB_OK; i++) {
        json_array_set_new(results, some->places[i], checkin_answer_json(&some->answers[i]));
        if (scan_is_first_entry(&some->answers[i])) {
            metrics_add(checkout->metrics, METRIC_TICKETS_CHECKED_IN, 1);
        }
    }
    return status;
}

enum problem checkin_batch_create(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct batch_values *body = request_body(request);
    json_auto_t *results = json_array();
    for (size_t start = 0; start < json_array_size(body->scans); start += SCANS_PER_CALL) {
        enum db_status status = record_some(checkout, request_user(request)->user_id, body, start, results);
        if (status != DB_OK) {
            return response_database(response, status, PROBLEM_INTERNAL);
        }
    }
    return response_json(response, 200, json_pack("{s:O}", "results", results));
}
