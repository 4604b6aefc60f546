#include "fcgi/events/availability_store.h"
#include "common/identifier.h"
#include "common/memory.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum {
    BUCKETS = 1024,
};

struct availability {
    /* Guarded by the store's lock. */
    struct availability *next_in_bucket;
    struct availability *newer, *older; /* by last use */
    char show_id[UUID_SIZE];            /* never changes */
    size_t users;                       /* threads between open and close */
    size_t size;                        /* bytes, as counted in the store's sum */

    pthread_mutex_t lock; /* guards what follows; taken after the store's lock was let go */
    pthread_cond_t read_ended;
    uint64_t reads_begun; /* reads are numbered from 1 */
    uint64_t reads_ended;
    enum db_status status; /* of the last read that ended */
    bool published;
    struct snapshot *snapshot; /* NULL: none; replaced and changed by the reading thread only */
    const struct seatmap *map; /* what the snapshot was made for */
};

struct availability_store {
    struct db_pool *pool;
    struct seatmap_cache *seatmaps;
    size_t bytes_max;

    pthread_mutex_t lock; /* guards what follows */
    size_t bytes;
    struct availability *buckets[BUCKETS];
    struct availability *newest, *oldest;
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

static void forget_snapshot(struct availability_store *store, struct availability *show)
{
    snapshot_free(show->snapshot);
    show->snapshot = NULL;
    if (show->map != NULL) {
        seatmap_cache_release(store->seatmaps, show->map);
        show->map = NULL;
    }
}

static void unlink_by_use(struct availability_store *store, struct availability *show)
{
    *(show->newer != NULL ? &show->newer->older : &store->newest) = show->older;
    *(show->older != NULL ? &show->older->newer : &store->oldest) = show->newer;
    show->newer = NULL;
    show->older = NULL;
}

static void link_as_newest(struct availability_store *store, struct availability *show)
{
    show->older = store->newest;
    *(store->newest != NULL ? &store->newest->newer : &store->oldest) = show;
    store->newest = show;
}

/* With the store's lock, and no user left. */
static void remove_show(struct availability_store *store, struct availability *show)
{
    struct availability **link = &store->buckets[bucket_of(show->show_id)];
    while (*link != show) {
        link = &(*link)->next_in_bucket;
    }
    *link = show->next_in_bucket;
    unlink_by_use(store, show);
    store->bytes -= show->size;
    forget_snapshot(store, show);
    pthread_cond_destroy(&show->read_ended);
    pthread_mutex_destroy(&show->lock);
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
static void count_size(struct availability_store *store, struct availability *show, size_t size)
{
    store->bytes = store->bytes - show->size + size;
    show->size = size;
}

/* Finds or makes the entry and counts the caller as a user of it. */
static struct availability *enter(struct availability_store *store, const char *show_id)
{
    pthread_mutex_lock(&store->lock);
    struct availability **bucket = &store->buckets[bucket_of(show_id)];
    struct availability *show = *bucket;
    while (show != NULL && strcmp(show->show_id, show_id) != 0) {
        show = show->next_in_bucket;
    }
    if (show == NULL) {
        show = memory_new(1, sizeof(*show));
        snprintf(show->show_id, sizeof(show->show_id), "%s", show_id);
        pthread_mutex_init(&show->lock, NULL);
        pthread_cond_init(&show->read_ended, NULL);
        show->next_in_bucket = *bucket;
        *bucket = show;
        count_size(store, show, sizeof(*show));
    } else {
        unlink_by_use(store, show);
    }
    link_as_newest(store, show);
    show->users++;
    pthread_mutex_unlock(&store->lock);
    return show;
}

/* The caller stops being a user; shows that are not there and the least recently used ones make room. */
static void leave(struct availability_store *store, struct availability *show, size_t size)
{
    pthread_mutex_lock(&store->lock);
    show->users--;
    count_size(store, show, size);
    if (show->users == 0 && size == sizeof(*show)) {
        remove_show(store, show);
    }
    struct availability *next = store->oldest;
    while (store->bytes > store->bytes_max && next != NULL) {
        struct availability *candidate = next;
        next = candidate->newer;
        if (candidate->users == 0) {
            remove_show(store, candidate);
        }
    }
    pthread_mutex_unlock(&store->lock);
}

void availability_close(struct availability_store *store, struct availability *availability)
{
    size_t size = sizeof(*availability);
    if (availability->snapshot != NULL) {
        size += snapshot_size(availability->snapshot);
    }
    pthread_mutex_unlock(&availability->lock);
    leave(store, availability, size);
}

/* Reads all claims and puts a new snapshot in the place of the old one. Called and returns with the show's
 * lock, which it lets go while it waits for the database. */
static enum db_status read_all(struct availability_store *store, struct availability *show)
{
    struct claims *claims CLEANUP(claims_free) = NULL;
    const struct seatmap *map = NULL;
    struct snapshot *fresh = NULL;
    pthread_mutex_unlock(&show->lock);
    enum db_status status = availability_db_read(store->pool, show->show_id, 0, &claims);
    if (status == DB_OK) {
        const struct claims_head *head = claims_head(claims);
        status = seatmap_cache_get(store->seatmaps, head->seatmap_id, head->seatmap_version, &map);
    }
    if (status == DB_OK) {
        fresh = snapshot_new(show->show_id, map, claims_head(claims));
        snapshot_apply(fresh, claims);
    }
    pthread_mutex_lock(&show->lock);
    if (status == DB_OK) {
        forget_snapshot(store, show);
        show->snapshot = fresh;
        show->map = map;
        show->published = claims_head(claims)->published;
    }
    return status;
}

/* Reads what changed since the snapshot; `*ret_usable` is false when the snapshot is not one of this database
 * or seat map. The lock as in read_all(). */
static enum db_status read_changes(struct availability_store *store, struct availability *show,
                                   bool *ret_usable)
{
    struct claims *claims CLEANUP(claims_free) = NULL;
    uint64_t since = snapshot_xmin(show->snapshot);
    pthread_mutex_unlock(&show->lock);
    enum db_status status = availability_db_read(store->pool, show->show_id, since, &claims);
    pthread_mutex_lock(&show->lock);
    *ret_usable = true;
    if (status == DB_OK) {
        *ret_usable = snapshot_fits(show->snapshot, claims_head(claims));
        if (*ret_usable) {
            snapshot_apply(show->snapshot, claims);
            show->published = claims_head(claims)->published;
        }
    }
    return status;
}

/* One read, on behalf of all who wait for it. The lock as in read_all(). A snapshot outlives a failed read:
 * the next one asks for all that changed since, or finds another database. */
static void read_now(struct availability_store *store, struct availability *show)
{
    uint64_t number = ++show->reads_begun;
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
    show->status = status;
    show->reads_ended = number;
    pthread_cond_broadcast(&show->read_ended);
}

enum db_status availability_open(struct availability_store *store, const char *show_id,
                                 struct availability **ret_availability)
{
    struct availability *show = enter(store, show_id);
    pthread_mutex_lock(&show->lock);
    uint64_t wanted = show->reads_begun + 1; /* the first read that begins after this request arrived */
    while (show->reads_ended < wanted) {
        if (show->reads_begun == show->reads_ended) {
            read_now(store, show);
        } else {
            pthread_cond_wait(&show->read_ended, &show->lock);
        }
    }
    enum db_status status = show->status;
    if (status != DB_OK) {
        availability_close(store, show);
        return status;
    }
    *ret_availability = show;
    return DB_OK;
}

struct snapshot *availability_snapshot(struct availability *availability)
{
    return availability->snapshot;
}

bool availability_published(const struct availability *availability)
{
    return availability->published;
}
