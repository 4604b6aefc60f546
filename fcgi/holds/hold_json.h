/* hold_json.h: holds and the outcomes of asking for one, as JSON. */
#ifndef TICKETING_HOLD_JSON_H
#define TICKETING_HOLD_JSON_H

#include "common/memory.h"
#include "fcgi/holds/holds_db.h"
#include <jansson.h>

/* `{holdId, showId, seats, expiresAt}`; the caller owns it. */
json_t *hold_json(const struct hold *hold);

/* `["A1", …]`; the caller owns it. */
json_t *hold_seats_json(const struct text_list *seats);

/* The text that is kept for an Idempotency-Key: the answer's body for a granted hold; for a refused one the
 * outcome, so that the problem can be made again for the request that repeats it. In the arena. */
const char *hold_stored_text(struct arena *arena, const struct hold *hold, const struct hold_result *result);

/* A refused outcome read back from such a text; false when it is none. Strings live in the arena. */
bool hold_stored_refusal(struct arena *arena, const char *text, struct hold_result *ret_result) MUST_CHECK;

#endif
