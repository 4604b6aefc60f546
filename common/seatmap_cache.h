/* seatmap_cache.h: expanded seat maps by (id, version). A version never changes, so an entry is never wrong;
 * the least recently used one goes when the cache is full. Entries are reference-counted: one in use outlives
 * its eviction. */
#ifndef TICKETING_SEATMAP_CACHE_H
#define TICKETING_SEATMAP_CACHE_H

#include "common/db.h"
#include "common/seatmap.h"

struct seatmap_cache; /* opaque; shared between threads */

struct seatmap_cache *seatmap_cache_new(struct db_pool *pool, size_t capacity);
void seatmap_cache_free(struct seatmap_cache *cache);

/* The map, loaded from table seatmaps on a miss. DB_NONE when there is no such version. The caller gives it
 * back with seatmap_cache_release(). */
enum db_status seatmap_cache_get(struct seatmap_cache *cache, const char *id, int64_t version,
                                 const struct seatmap **ret_map) MUST_CHECK;
void seatmap_cache_release(struct seatmap_cache *cache, const struct seatmap *map);

#endif
