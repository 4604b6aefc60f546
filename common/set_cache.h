/* set_cache.h: a bounded memory of what was found out about some keys, shared by threads.
 *
 * A key's hash chooses a set of eight places. Keys that fall into one set displace each other, and the one
 * that was put in first goes: no list to keep in order, and no more memory than at the start. With a single
 * place a set, a third of the keys would be displaced at half the capacity. */
#ifndef TICKETING_SET_CACHE_H
#define TICKETING_SET_CACHE_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stddef.h>

struct set_cache; /* opaque */

/* Room for `capacity` entries, rounded up to a multiple of 8. Keys and values are copied; sizes in bytes,
 * those of keys 64 at the most. The pages of places that were never used take no memory. */
struct set_cache *set_cache_new(size_t capacity, size_t key_size, size_t value_size)
    __attribute__((returns_nonnull));
/* Overwrites what is stored before it frees it: values may be secret. NULL is fine. */
void set_cache_free(struct set_cache *cache);

/* True and a copy of the value when the key is there. How long this takes may tell about the keys in its set:
 * no use for secrets that somebody else may guess step by step. */
bool set_cache_get(struct set_cache *cache, const void *key, void *ret_value) MUST_CHECK;
/* Remembers the value, in the place of an older one if need be. */
void set_cache_put(struct set_cache *cache, const void *key, const void *value);

#endif
