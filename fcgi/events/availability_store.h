/* availability_store.h: the snapshots of the shows that are asked for, brought up to date for every answer.
 *
 * A request for a show whose read is under way is answered from the next read. So the database sees one small
 * query at a time for each show, however many readers there are, and every answer comes from a read that
 * began after its request had arrived: a client that was told of a change sees it, on every host. Nothing is
 * invalidated and nothing is sent between processes. The first request for a show that no thread is reading
 * starts the read, once all requests that have just arrived are on the list (turn_defer()). Its thread
 * answers every request on the list, and no other thread is woken. The memory of all snapshots together is
 * bounded; the least recently used show goes first.
 */
#ifndef TICKETING_EVENTS_AVAILABILITY_STORE_H
#define TICKETING_EVENTS_AVAILABILITY_STORE_H

#include "common/seatmap_cache.h"
#include "fcgi/events/availability_snapshot.h"

struct availability_store; /* opaque; shared between threads */

enum { AVAILABILITY_WAITING_MAX = 4096 }; /* readers of all shows; more are told DB_UNAVAILABLE at once */

/* Keeps at most about `bytes` of snapshots; pool and cache are borrowed. */
struct availability_store *availability_store_new(struct db_pool *pool, struct seatmap_cache *seatmaps,
                                                  size_t bytes) __attribute__((returns_nonnull));
void availability_store_free(struct availability_store *store);

/* A show as a read found it. */
struct availability {
    enum db_status status; /* DB_NONE: there is no such show */
    bool published;        /* its event; else a draft */
    bool over;
    struct snapshot *snapshot; /* no other thread uses it meanwhile; NULL without DB_OK */
};

/* A request that waits for a read. It is the first member of a struct that has the rest of what its answer
 * needs. */
struct availability_reader {
    void (*answer)(struct availability_reader *reader, const struct availability *show);
    struct availability_reader *next; /* the store's own */
};

/* reader->answer is called once, with a read that begins after this call (or with none, when too many wait):
 * on this thread, which then may do the same for others, or on another one, maybe before this returns. It
 * must not wait, and `show` is gone when it returns. */
void availability_ask(struct availability_store *store, const char *show_id,
                      struct availability_reader *reader);
/* The same, but returns after reader->answer has. Not on a thread that answers requests: the thread to do the
 * read might be one of those that wait. */
void availability_wait(struct availability_store *store, const char *show_id,
                       struct availability_reader *reader);

#endif
