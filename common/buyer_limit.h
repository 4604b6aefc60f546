/* buyer_limit.h: how often one user may ask for what is dear or scarce.
 *
 * A user is the `sub` of a verified token: other tokens of the same user, and other spellings of a header,
 * count together. Counts are kept in this process alone: a user has one for each responder and each host that
 * runs it. What a gateway limits for each address is its own affair. */
#ifndef TICKETING_BUYER_LIMIT_H
#define TICKETING_BUYER_LIMIT_H

#include "common/cleanup.h"
#include <stdint.h>

struct buyer_limit; /* opaque; shared between threads; 16,384 users, 0.9 MB when all are in use */

/* `rate` requests a second, and at once as many as come to five seconds (a token bucket, as limit_req of
 * nginx has it). NULL, which limits nobody, for a rate of 0. */
struct buyer_limit *buyer_limit_new(int64_t rate) MUST_CHECK;
void buyer_limit_free(struct buyer_limit *limit);
DEFINE_CLEANUP(struct buyer_limit *, buyer_limit_free)

/* Counts a request of `user_id` (a UUID's text) at `now_us` (clock_monotonic_us()). 0: it is admitted; else
 * the seconds after which one would be, and the request is not counted. When more users than there is room
 * for ask at once, those who began first begin anew. */
int buyer_limit_wait(struct buyer_limit *limit, const char *user_id, int64_t now_us) MUST_CHECK;

#endif
