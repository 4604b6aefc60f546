/* availability_store.h: the snapshots of the shows that are asked for, brought up to date for every answer.
 *
 * Requests for one show that arrive while its read is under way share the next one: the database sees one
 * small query at a time per show however many readers there are, and every answer comes from a read that
 * began after its request had arrived. So whoever was told of a change sees it, on every host. Nothing is
 * invalidated and nothing is sent between processes. The memory of all snapshots together is bounded; the
 * least recently used show goes first. */
#ifndef TICKETING_EVENTS_AVAILABILITY_STORE_H
#define TICKETING_EVENTS_AVAILABILITY_STORE_H

#include "common/seatmap_cache.h"
#include "fcgi/events/availability_snapshot.h"

struct availability_store; /* opaque; shared between threads */
struct availability;       /* one show, locked for the caller */

/* Keeps at most about `bytes` of snapshots; both others are borrowed. */
struct availability_store *availability_store_new(struct db_pool *pool, struct seatmap_cache *seatmaps,
                                                  size_t bytes) __attribute__((returns_nonnull));
void availability_store_free(struct availability_store *store);

/* The show as it is now, locked until availability_close(): render and let go. DB_NONE when there is no such
 * show. Blocks for one database read, or two when another request's is under way. */
enum db_status availability_open(struct availability_store *store, const char *show_id,
                                 struct availability **ret_availability) MUST_CHECK;
struct snapshot *availability_snapshot(struct availability *availability);
/* Is its event published, or a draft? */
bool availability_published(const struct availability *availability);
void availability_close(struct availability_store *store, struct availability *availability);

#endif
