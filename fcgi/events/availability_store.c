/* availability_store.c: the snapshots of all shows that are asked for, and who waits for which read. */
#include "fcgi/events/availability_store.h"
#include "common/identifier.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/turn.h"
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { BUCKETS = 1024 };

struct shared_show {
    struct turn_work work; /* of the thread that is to read it */
    struct availability_store *store;

    /* The members up to `last` are guarded by the store's lock. */
    struct shared_show *next_in_bucket;
    struct shared_show *newer, *older;        /* by last use */
    char show_id[UUID_SIZE];                  /* never changes */
    size_t size;                              /* bytes, as counted in the store's sum */
    bool busy;                                /* some thread reads it, or will */
    struct availability_reader *first, *last; /* who wait for the next read */

    /* Of that thread. */
    bool published, over;
    struct snapshot *snapshot; /* NULL: none */
    const struct seatmap *map; /* what the snapshot was made for */
};

struct availability_store {
    struct db_pool *pool;
    struct seatmap_cache *seatmaps;
    size_t bytes_max;

    pthread_mutex_t lock; /* guards what follows */
    size_t bytes;
    size_t waiting; /* readers not yet answered, of all shows */
    struct shared_show *buckets[BUCKETS];
    struct shared_show *newest, *oldest;
};

struct availability_store *availability_store_new(struct db_pool *pool, struct seatmap_cache *seatmaps,
                                                  size_t bytes)
{
    struct availability_store *store = memory_new(1, sizeof(*store));
    store->pool = pool;
    store->seatmaps = seatmaps;
    store->bytes_max = bytes;
    pthread_mutex_init(&store->lock, NULL);
    return store;
}

/* FNV-1a (Fowler, Noll, Vo). */
static size_t bucket_of(const char *show_id)
{
    uint32_t hash = 2166136261u;
    for (const char *at = show_id; *at != '\0'; at++) {
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    }
    return hash % BUCKETS;
}

static void forget_snapshot(struct availability_store *store, struct shared_show *show)
{
    snapshot_free(show->snapshot);
    show->snapshot = NULL;
    if (show->map != NULL) {
        seatmap_cache_release(store->seatmaps, show->map);
        show->map = NULL;
    }
}

static void unlink_by_use(struct availability_store *store, struct shared_show *show)
{
    *(show->newer != NULL ? &show->newer->older : &store->newest) = show->older;
    *(show->older != NULL ? &show->older->newer : &store->oldest) = show->newer;
    show->newer = NULL;
    show->older = NULL;
}

static void link_as_newest(struct availability_store *store, struct shared_show *show)
{
    show->older = store->newest;
    *(store->newest != NULL ? &store->newest->newer : &store->oldest) = show;
    store->newest = show;
}

/* With the store's lock; the show is not busy. */
static void remove_show(struct availability_store *store, struct shared_show *show)
{
    struct shared_show **link = &store->buckets[bucket_of(show->show_id)];
    while (*link != show) {
        link = &(*link)->next_in_bucket;
    }
    *link = show->next_in_bucket;
    unlink_by_use(store, show);
    store->bytes -= show->size;
    forget_snapshot(store, show);
    free(show);
}

void availability_store_free(struct availability_store *store)
{
    if (store == NULL) {
        return;
    }
    while (store->oldest != NULL) {
        remove_show(store, store->oldest);
    }
    pthread_mutex_destroy(&store->lock);
    free(store);
}

/* With the store's lock. */
static void count_size(struct availability_store *store, struct shared_show *show, size_t size)
{
    store->bytes = store->bytes - show->size + size;
    show->size = size;
}

static void read_deferred(struct turn_work *work);

/* Finds or makes the entry. With the store's lock. */
static struct shared_show *find_show(struct availability_store *store, const char *show_id)
{
    struct shared_show **bucket = &store->buckets[bucket_of(show_id)];
    struct shared_show *show = *bucket;
    while (show != NULL && strcmp(show->show_id, show_id) != 0) {
        show = show->next_in_bucket;
    }
    if (show == NULL) {
        show = memory_new(1, sizeof(*show));
        show->work.run = read_deferred;
        show->store = store;
        snprintf(show->show_id, sizeof(show->show_id), "%s", show_id);
        show->next_in_bucket = *bucket;
        *bucket = show;
        count_size(store, show, sizeof(*show));
        link_as_newest(store, show);
    } else if (show != store->newest) {
        unlink_by_use(store, show);
        link_as_newest(store, show);
    }
    return show;
}

/* The least recently used ones make room. With the store's lock. */
static void make_room(struct availability_store *store)
{
    struct shared_show *next = store->oldest;
    while (store->bytes > store->bytes_max && next != NULL) {
        struct shared_show *candidate = next;
        next = candidate->newer;
        if (!candidate->busy) {
            remove_show(store, candidate);
        }
    }
}

static void take_head(struct shared_show *show, const struct claims_head *head)
{
    show->published = head->published;
    show->over = head->over;
}

/* Reads all claims and puts a new snapshot in the place of the old one. */
static enum db_status read_all(struct availability_store *store, struct shared_show *show)
{
    CLEANUP(claims_free) struct claims *claims = NULL;
    const struct seatmap *map = NULL;
    enum db_status status = availability_db_read(store->pool, show->show_id, 0, &claims);
    if (status != DB_OK) {
        return status;
    }
    const struct claims_head *head = claims_head(claims);
    status = seatmap_cache_get(store->seatmaps, head->seatmap_id, head->seatmap_version, &map);
    if (status == DB_OK) {
        forget_snapshot(store, show);
        show->snapshot = snapshot_new(show->show_id, map, head);
        show->map = map;
        snapshot_apply(show->snapshot, claims);
        take_head(show, head);
    }
    return status;
}

/* Reads what changed since the snapshot; `*ret_usable` is false when the snapshot is not one of this database
 * or seat map. */
static enum db_status read_changes(struct availability_store *store, struct shared_show *show,
                                   bool *ret_usable)
{
    CLEANUP(claims_free) struct claims *claims = NULL;
    enum db_status status =
        availability_db_read(store->pool, show->show_id, snapshot_xmin(show->snapshot), &claims);
    *ret_usable = true;
    if (status == DB_OK) {
        *ret_usable = snapshot_fits(show->snapshot, claims_head(claims));
        if (*ret_usable) {
            snapshot_apply(show->snapshot, claims);
            take_head(show, claims_head(claims));
        }
    }
    return status;
}

/* A snapshot outlives a failed read: the next one asks for all that changed since, or finds another database.
 */
static struct availability read_show(struct availability_store *store, struct shared_show *show)
{
    bool usable = false;
    enum db_status status = DB_OK;
    if (show->snapshot != NULL) {
        status = read_changes(store, show, &usable);
    }
    if (status == DB_OK && !usable) {
        status = read_all(store, show);
    }
    if (status == DB_NONE) {
        forget_snapshot(store, show);
    }
    return (struct availability){.status = status,
                                 .published = show->published,
                                 .over = show->over,
                                 .snapshot = status == DB_OK ? show->snapshot : NULL};
}

/* Answers everyone who waits for the show's next read. Called and returns with the store's lock, which it
 * lets go meanwhile. True when more have come; else the show may be gone. */
static bool answer_readers(struct availability_store *store, struct shared_show *show)
{
    struct availability_reader *reader = show->first;
    show->first = NULL;
    show->last = NULL;
    pthread_mutex_unlock(&store->lock);
    struct availability found = read_show(store, show);
    size_t answered = 0;
    log_hold();
    while (reader != NULL) {
        struct availability_reader *next = reader->next; /* answering may end the reader's life */
        reader->answer(reader, &found);
        reader = next;
        answered++;
    }
    log_release();
    size_t size = sizeof(*show) + (show->snapshot != NULL ? snapshot_size(show->snapshot) : 0);
    pthread_mutex_lock(&store->lock);
    store->waiting -= answered;
    count_size(store, show, size);
    show->busy = show->first != NULL;
    bool more = show->busy;
    if (!more && found.status == DB_NONE) {
        remove_show(store, show); /* not worth keeping */
    }
    make_room(store);
    return more;
}

/* Does one read after the other, as long as requests wait. Between two reads the thread goes on reading the
 * connections. */
static void serve(struct availability_store *store, struct shared_show *show)
{
    pthread_mutex_lock(&store->lock);
    while (answer_readers(store, show) && !turn_defer(&show->work)) {
    }
    pthread_mutex_unlock(&store->lock);
}

static void read_deferred(struct turn_work *work)
{
    struct shared_show *show = (struct shared_show *)((char *)work - offsetof(struct shared_show, work));
    serve(show->store, show);
}

void availability_ask(struct availability_store *store, const char *show_id,
                      struct availability_reader *reader)
{
    struct shared_show *show = NULL;
    bool reads = false;
    reader->next = NULL;
    pthread_mutex_lock(&store->lock);
    if (store->waiting < AVAILABILITY_WAITING_MAX) {
        show = find_show(store, show_id);
        *(show->last != NULL ? &show->last->next : &show->first) = reader;
        show->last = reader;
        store->waiting++;
        reads = !show->busy;
        show->busy = true;
    }
    pthread_mutex_unlock(&store->lock);
    if (show == NULL) {
        reader->answer(reader, &(struct availability){.status = DB_UNAVAILABLE});
    } else if (reads && !turn_defer(&show->work)) {
        serve(store, show);
    }
}

struct waiting_reader {
    struct availability_reader reader;
    struct availability_reader *inner;
    sem_t answered;
};

static void answer_waiting(struct availability_reader *reader, const struct availability *show)
{
    struct waiting_reader *waiting = (struct waiting_reader *)reader;
    waiting->inner->answer(waiting->inner, show);
    sem_post(&waiting->answered);
}

void availability_wait(struct availability_store *store, const char *show_id,
                       struct availability_reader *reader)
{
    struct waiting_reader waiting = {.reader = {.answer = answer_waiting}, .inner = reader};
    sem_init(&waiting.answered, 0, 0);
    availability_ask(store, show_id, &waiting.reader);
    turn_will_wait();
    while (sem_wait(&waiting.answered) != 0) { /* EINTR */
    }
    sem_destroy(&waiting.answered);
}
