/* checkin.c: a visitor comes in or goes out. POST /tickets/:id/checkin names the ticket; POST /checkins sends
 * the text of its code. A repeated scan is answered with the time and gate of the first one. DELETE
 * /tickets/:id/checkin takes an entry back. */
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/gates/answer.h"
#include "fcgi/checkout/gates/checkin_db.h"
#include "fcgi/checkout/gates/gates.h"
#include "fcgi/checkout/paper/key_file.h"
#include <string.h>

struct checkin_values {
    const char *qr; /* only POST /checkins */
    const char *gate;
    const char *show_id;
    const char *scan_id;
    const char *direction;
};

static const char *const directions[] = {"in", "out", NULL};

static const struct field checkin_fields[] = {
    {.name = "gate",
     .type = FIELD_LINE,
     .min = 1,
     .max = SCAN_GATE_LENGTH,
     .offset = offsetof(struct checkin_values, gate)},
    {.name = "showId", .type = FIELD_UUID, .offset = offsetof(struct checkin_values, show_id)},
    {.name = "scanId",
     .type = FIELD_TEXT,
     .min = 1,
     .max = SCAN_ID_LENGTH,
     .offset = offsetof(struct checkin_values, scan_id)},
    {.name = "direction",
     .type = FIELD_CHOICE,
     .choices = directions,
     .offset = offsetof(struct checkin_values, direction)},
    {.name = "qr",
     .type = FIELD_TEXT,
     .required = true,
     .min = 1,
     .max = SCAN_TEXT_LENGTH,
     .offset = offsetof(struct checkin_values, qr)},
};
/* The call that names the ticket in its path takes all fields but `qr`, the last one. */
const struct field_spec ticket_check_in_body = {
    .fields = checkin_fields,
    .count = ARRAY_LENGTH(checkin_fields) - 1,
    .size = sizeof(struct checkin_values),
    .body_optional = true,
};
const struct field_spec checkin_create_body = FIELD_SPEC(struct checkin_values, checkin_fields);

static struct scan scan_of(const struct checkin_values *body)
{
    return (struct scan){
        .scan_id = body->scan_id,
        .direction = body->direction,
        .gate = body->gate,
        .show_id = body->show_id,
    };
}

static enum problem record(struct request *request, struct response *response, const struct scan *scan)
{
    const struct checkout *checkout = request_context(request);
    struct scan_answer answer;
    enum db_status status = checkin_db_record(checkout->pool, request_arena(request),
                                              request_user(request)->user_id, 1, scan, &answer);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    if (scan_is_first_entry(&answer)) {
        metrics_add(checkout->metrics, METRIC_TICKETS_CHECKED_IN, 1);
    }
    return checkin_answer_one(response, &answer);
}

enum problem ticket_check_in(struct request *request, struct response *response)
{
    struct scan scan = scan_of(request_body(request));
    scan.ticket_id = request_param(request, "id");
    return record(request, response, &scan);
}

enum problem checkin_create(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct checkin_values *body = request_body(request);
    struct scan scan = scan_of(body);
    const struct ticket_ring *ring = ticket_keys_borrow(checkout->ticket_keys);
    scan_read_text(&scan, request_arena(request), ring, body->qr, strlen(body->qr));
    ticket_keys_return(checkout->ticket_keys, ring);
    return record(request, response, &scan);
}

enum problem checkin_undo(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    enum undo_outcome outcome = UNDO_NO_TICKET;
    enum db_status status = checkin_db_undo(checkout->pool, request_param(request, "id"),
                                            request_user(request)->user_id, &outcome);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    switch (outcome) {
    case UNDO_DONE:
        return response_empty(response, 204);
    case UNDO_NOT_CHECKED_IN:
        return PROBLEM_CHECKIN_NOT_FOUND;
    case UNDO_NO_TICKET:
        return PROBLEM_TICKET_NOT_FOUND;
    }
    return PROBLEM_INTERNAL;
}

enum problem checkin_totals_read(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    json_t *totals = NULL;
    enum db_status status = checkin_db_totals(checkout->pool, request_param(request, "id"), &totals);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    return response_json(response, 200, totals);
}
