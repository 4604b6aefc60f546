/* answer.h: how a gate is told the outcome of a scan. */
#ifndef TICKETING_GATES_ANSWER_H
#define TICKETING_GATES_ANSWER_H

#include "common/response.h"
#include "fcgi/checkout/gates/checkin_db.h"

/* Answers a call about one scan: 200, or the problem that refuses it. */
enum problem checkin_answer_one(struct response *response, const struct scan_answer *answer) MUST_CHECK;

/* The scan before, as the API tells it; null when there is none. The caller owns it. */
json_t *checkin_earlier_json(const struct earlier_scan *earlier);

/* An element of `results` of a batch; the caller owns it. */
json_t *checkin_answer_json(const struct scan_answer *answer);

#endif
