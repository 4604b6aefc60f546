/* answer.c: a judged scan as JSON or as a problem. */
#include "fcgi/checkout/gates/answer.h"
#include <assert.h>
#include <string.h>

/* Why a scan is refused: the code that record_scans() gives, the API's code, and what a gate may show. */
static const struct refusal {
    const char *reason;
    enum problem problem;
    const char *detail;
} refusals[] = {
    {"qr_malformed", PROBLEM_QR_INVALID, "This is not the code of a ticket."},
    {"qr_unknown_key", PROBLEM_QR_INVALID, "This code was signed with a key that is not in use."},
    {"qr_forged", PROBLEM_QR_INVALID, "This code was not made here."},
    {"qr_layout", PROBLEM_QR_INVALID,
     "Letters of this code are swapped: the scanner's keyboard layout may be wrong."},
    {"not_found", PROBLEM_TICKET_NOT_FOUND, "There is no such ticket."},
    {"wrong_show", PROBLEM_WRONG_SHOW, "The ticket is for another show."},
    {"show_deleted", PROBLEM_SHOW_NOT_FOUND, "The show of this ticket has been deleted: nobody is let in."},
    {"unpaid", PROBLEM_TICKET_NOT_VALID, "The ticket has not been paid."},
    {"void", PROBLEM_TICKET_NOT_VALID, "The ticket is void."},
    {"passed_on", PROBLEM_TICKET_NOT_VALID, "The ticket has been passed on; only its newest code is valid."},
    {"on_its_way", PROBLEM_TICKET_NOT_VALID,
     "The ticket is on its way to a new owner, who has yet to claim it."},
    {"too_early", PROBLEM_ADMISSION_CLOSED, "The doors are not open yet."},
    {"too_late", PROBLEM_ADMISSION_CLOSED, "The doors have closed."},
    {"no_reentry", PROBLEM_REENTRY_NOT_ALLOWED, "A person who has left this show cannot come back in."},
    {"not_inside", PROBLEM_NOT_INSIDE, "Nobody has come in with this ticket."},
    {"scan_id_reused", PROBLEM_SCAN_ID_REUSED, "This scanId belongs to another scan."},
};

static const struct refusal *find_refusal(const char *reason)
{
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
        if (strcmp(refusals[i].reason, reason) == 0) {
            return &refusals[i];
        }
    }
    return NULL;
}

enum problem checkin_answer_one(struct response *response, const struct scan_answer *answer)
{
    if (answer->outcome == SCAN_REFUSED) {
        const struct refusal *refusal = find_refusal(answer->code);
        if (refusal == NULL) {
            return PROBLEM_INTERNAL;
        }
        response_problem_member(response, "reason", json_string(refusal->reason));
        return response_problem(response, refusal->problem, "%s", refusal->detail);
    }
    bool again = answer->outcome == SCAN_DUPLICATE;
    bool has_earlier = again && answer->earlier.direction != NULL;
    const char *at = has_earlier ? answer->earlier.at : answer->at;
    const char *gate = has_earlier ? answer->earlier.gate : answer->gate;
    json_t *body = json_pack("{s:s, s:s, s:s, s:s?}", "ticketId", answer->ticket_id, "seatId",
                             answer->seat_id, "status", "checked_in", "gate", gate);
    if (strcmp(answer->direction, "out") == 0) {
        json_object_set_new(body, "direction", json_string("out"));
        json_object_set_new(body, "alreadyCheckedOut", json_boolean(again));
        json_object_set_new(body, "checkedOutAt", json_string(at));
        return response_json(response, 200, body);
    }
    json_object_set_new(body, "alreadyCheckedIn", json_boolean(again));
    json_object_set_new(body, "checkedInAt", json_string(at));
    if (answer->reentry) {
        json_object_set_new(body, "reentry", json_true());
    }
    return response_json(response, 200, body);
}

json_t *checkin_earlier_json(const struct earlier_scan *earlier)
{
    if (earlier->direction == NULL) {
        return json_null();
    }
    return json_pack("{s:s?, s:s?, s:s, s:s, s:s}", "scanId", earlier->scan_id, "gate", earlier->gate,
                     "direction", earlier->direction, "scannedAt", earlier->at, "receivedAt",
                     earlier->received_at);
}

json_t *checkin_answer_json(const struct scan_answer *answer)
{
    static const char *const outcomes[] = {
        [SCAN_ACCEPTED] = "accepted", [SCAN_DUPLICATE] = "duplicate", [SCAN_REFUSED] = "refused"};
    json_t *json = json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "scanId", answer->scan_id,
                             "outcome", outcomes[answer->outcome], "direction", answer->direction, "ticketId",
                             answer->ticket_id, "showId", answer->show_id, "seatId", answer->seat_id, "gate",
                             answer->gate, "scannedAt", answer->at, "receivedAt", answer->received_at);
    if (answer->outcome == SCAN_ACCEPTED) {
        json_object_set_new(json, "reentry", json_boolean(answer->reentry));
        if (answer->flag != NULL) {
            json_object_set_new(json, "flag", json_string(answer->flag));
        }
    } else if (answer->outcome == SCAN_DUPLICATE) {
        json_object_set_new(json, "earlier", checkin_earlier_json(&answer->earlier));
    } else {
        const struct refusal *refusal = find_refusal(answer->code);
        assert(refusal != NULL);
        json_object_set_new(json, "code", json_string(problem_info(refusal->problem)->code));
        json_object_set_new(json, "reason", json_string(refusal->reason));
        json_object_set_new(json, "detail", json_string(refusal->detail));
    }
    return json;
}
