/* token_cache.h: tokens that were found good a moment ago; token.c only. A buyer's page sends the same one
 * with every request, and checking it takes a third of the time of a hold. */
#ifndef TICKETING_TOKEN_CACHE_H
#define TICKETING_TOKEN_CACHE_H

#include "common/token.h"

struct token_cache; /* opaque; shared between threads; of fixed size */

struct token_cache *token_cache_new(void) __attribute__((returns_nonnull));
void token_cache_free(struct token_cache *cache);

/* True and filled claims when exactly this token was put in and has not expired. */
bool token_cache_get(struct token_cache *cache, const char *token,
                     struct token_claims *ret_claims) MUST_CHECK;
/* Remembers a verified token in the place of another; a very long one is not worth it. */
void token_cache_put(struct token_cache *cache, const char *token, const struct token_claims *claims);

#endif
