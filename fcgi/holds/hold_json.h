/* hold_json.h: holds and the outcomes of asking for one, as JSON. */
#ifndef TICKETING_HOLD_JSON_H
#define TICKETING_HOLD_JSON_H

#include "common/memory.h"
#include "fcgi/holds/holds_db.h"
#include <jansson.h>

/* `{holdId, showId, seats, expiresAt}`, and `prices`, `total` and `currency` when the hold keeps its prices;
 * the caller owns it. */
json_t *hold_json(const struct hold *hold);
/* The same as text; a hold_render_fn. */
hold_render_fn hold_json_text;

/* `["A1", …]`; the caller owns it. */
json_t *hold_seats_json(const struct text_list *seats);

/* A refusal `{outcome, taken}` as the release before stored it under an Idempotency-Key; false when the text
 * is none. Strings live in the arena. */
bool hold_stored_refusal(struct arena *arena, const char *text, struct hold_result *ret_result) MUST_CHECK;

#endif
