/* POST /tickets/:id/checkin: somebody comes in. Once more with the same ticket says when and where it was. */
#include "checkout.h"
#include "tickets_db.h"

struct checkin_values {
    const char *gate;
    const char *show_id;
};

static const struct field checkin_fields[] = {
    {.name = "gate",
     .type = FIELD_TEXT,
     .min = 1,
     .max = 64,
     .offset = offsetof(struct checkin_values, gate)},
    {.name = "showId", .type = FIELD_UUID, .offset = offsetof(struct checkin_values, show_id)},
};
const struct field_spec checkin_body = {
    .fields = checkin_fields,
    .count = ARRAY_LENGTH(checkin_fields),
    .size = sizeof(struct checkin_values),
    .body_optional = true,
};

enum problem ticket_checkin(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct checkin_values *body = request_body(request);
    const struct checkin checkin = {
        .ticket_id = request_param(request, "id"),
        .by_user = request_user(request)->user_id,
        .gate = body->gate,
        .show_id = body->show_id,
    };
    struct checkin_result result;
    enum db_status status = tickets_db_checkin(checkout->pool, request_arena(request), &checkin, &result);
    if (status != DB_OK) {
        return checkout_database_problem(response, status, PROBLEM_TICKET_NOT_FOUND);
    }
    switch (result.outcome) {
    case CHECKIN_NOT_VALID:
        return PROBLEM_TICKET_NOT_VALID;
    case CHECKIN_WRONG_SHOW:
        return PROBLEM_WRONG_SHOW;
    case CHECKIN_ENTERED:
        metrics_add(checkout->metrics, METRIC_TICKETS_CHECKED_IN, 1);
        break;
    case CHECKIN_ALREADY:
        break;
    }
    return response_json(response, 200,
                         json_pack("{s:s, s:s, s:s, s:b, s:s, s:s?}", "ticketId", checkin.ticket_id, "seatId",
                                   result.seat_id, "status", "checked_in", "alreadyCheckedIn",
                                   result.outcome == CHECKIN_ALREADY, "checkedInAt", result.checked_in_at,
                                   "gate", result.gate));
}
