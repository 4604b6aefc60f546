/* buyer_limit.h: how often one user may ask for what is expensive or scarce.
 *
 * A user is the `sub` of a verified token: other tokens of the same user, and other spellings of a header,
 * count together. Each process keeps its own counts: a user has one for each responder on each host. The
 * gateway's limits for each address are apart from these. */
#ifndef TICKETING_BUYER_LIMIT_H
#define TICKETING_BUYER_LIMIT_H

#include "common/cleanup.h"
#include <stdint.h>

struct buyer_limit; /* opaque; shared between threads; 16,384 users, 0.9 MB when all are in use */

/* Admits `rate` requests a second, and a burst of five seconds' worth at once (a token bucket, like limit_req
 * of nginx). NULL, which limits nobody, for a rate of 0. */
struct buyer_limit *buyer_limit_new(int64_t rate) MUST_CHECK;
void buyer_limit_free(struct buyer_limit *limit);
DEFINE_CLEANUP(struct buyer_limit *, buyer_limit_free)

/* Counts a request of `user_id` (a UUID's text) at `now_us` (clock_monotonic_us()). 0: the request is
 * admitted. Otherwise it is not counted, and the number of seconds after which a request would be admitted.
 * When more users ask at once than there is room for, the counts of those who began first start again from
 * zero. */
int buyer_limit_wait(struct buyer_limit *limit, const char *user_id, int64_t now_us) MUST_CHECK;

#endif
