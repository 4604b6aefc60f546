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

/* What an answer is made of, as of a read that began after the call. */
enum availability_form { AVAILABILITY_FULL, AVAILABILITY_COMPACT, AVAILABILITY_FORMS };
struct availability_answer {
    bool published; /* its event; else a draft */
    uint64_t fingerprint;
    struct shared_body *body; /* the caller gives it back */
};

/* The show as it is now, in one form. DB_NONE when there is no such show. Blocks for one database read, or
 * two when another request's is under way. */
enum db_status availability_read(struct availability_store *store, const char *show_id,
                                 enum availability_form form,
                                 struct availability_answer *ret_answer) MUST_CHECK;

/* The same, but locked until availability_close(), for answers that are one reader's own. */
enum db_status availability_open(struct availability_store *store, const char *show_id,
                                 struct availability **ret_availability) MUST_CHECK;
struct snapshot *availability_snapshot(struct availability *availability);
bool availability_published(const struct availability *availability);
bool availability_over(const struct availability *availability);
void availability_close(struct availability_store *store, struct availability *availability);

#endif
