/* set_cache.h: a bounded memory of what was found out about some keys, shared by threads.
 *
 * A key's hash chooses a set of eight places. When a set is full, the key that was put in first is replaced.
 * So no list has to be kept in order, and memory never grows. With a single place for each set, a third of
 * the keys would be replaced when the cache is half full. */
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

/* True and a copy of the value when the key is there. The time this takes depends on the keys in the set, so
 * a key must not be a secret that an attacker could guess piece by piece. */
bool set_cache_get(struct set_cache *cache, const void *key, void *ret_value) MUST_CHECK;
/* Remembers the value, and drops an older one where there is no free place. */
void set_cache_put(struct set_cache *cache, const void *key, const void *value);

#endif
