/* token_cache.h: tokens that were found good a moment ago; token.c only. A buyer's page sends the same one
 * with every request, and checking it takes a quarter of what a hold costs the responder. */
#ifndef TICKETING_TOKEN_CACHE_H
#define TICKETING_TOKEN_CACHE_H

#include "common/cleanup.h"
#include "common/token_claims.h"
#include <stdbool.h>

struct token_cache; /* opaque; shared between threads; 4096 tokens, 1.2 MB when all are in use */

struct token_cache *token_cache_new(void) __attribute__((returns_nonnull));
void token_cache_free(struct token_cache *cache);

/* True and filled claims when exactly this token, by its SHA-256 (FIPS 180-4), was put in and has not
 * expired. */
bool token_cache_get(struct token_cache *cache, const char *token,
                     struct token_claims *ret_claims) MUST_CHECK;
/* Remembers a verified token, if need be in the place of another; not one with very long names. */
void token_cache_put(struct token_cache *cache, const char *token, const struct token_claims *claims);

#endif
