#include "fcgi/events/availability_store.h"
#include "common/identifier.h"
#include "common/memory.h"
#include "fcgi/events/read_round.h"
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum {
    BUCKETS = 1024,
    GATHER_MAX = 8, /* times that a read lets others run first */
};

struct availability {
    /* Guarded by the store's lock. */
    struct availability *next_in_bucket;
    struct availability *newer, *older; /* by last use */
    char show_id[UUID_SIZE];            /* never changes */
    size_t size;                        /* bytes, as counted in the store's sum */

    atomic_size_t users; /* threads between enter and leave; more of them only with the store's lock */
    atomic_bool missing; /* there is no such show: not worth keeping */

    pthread_mutex_t lock;         /* guards what follows; taken after the store's lock was let go */
    bool led;                     /* a thread reads, or has been appointed to */
    struct read_round *gathering; /* whose read has not begun; NULL: nobody waits for one */
    bool published, over;
    struct snapshot *snapshot; /* NULL: none; replaced and changed by the leader of a round only */
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

/* Held for less than it takes to put a thread to sleep. */
static void short_lock_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

struct availability_store *availability_store_new(struct db_pool *pool, struct seatmap_cache *seatmaps,
                                                  size_t bytes)
{
    struct availability_store *store = memory_new(1, sizeof(*store));
    store->pool = pool;
    store->seatmaps = seatmaps;
    store->bytes_max = bytes;
    short_lock_init(&store->lock);
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
        short_lock_init(&show->lock);
        show->next_in_bucket = *bucket;
        *bucket = show;
        count_size(store, show, sizeof(*show));
        link_as_newest(store, show);
    } else if (show != store->newest) {
        unlink_by_use(store, show);
        link_as_newest(store, show);
    }
    atomic_fetch_add_explicit(&show->users, 1, memory_order_relaxed);
    pthread_mutex_unlock(&store->lock);
    return show;
}

/* The caller stops being a user. */
static void leave(struct availability_store *store, struct availability *show)
{
    if (!atomic_load(&show->missing)) {
        atomic_fetch_sub_explicit(&show->users, 1, memory_order_release);
        return;
    }
    pthread_mutex_lock(&store->lock);
    if (atomic_fetch_sub(&show->users, 1) == 1) {
        remove_show(store, show);
    }
    pthread_mutex_unlock(&store->lock);
}

/* Counts what the show takes now; the least recently used ones make room. */
static void make_room(struct availability_store *store, struct availability *show, size_t size)
{
    pthread_mutex_lock(&store->lock);
    count_size(store, show, size);
    struct availability *next = store->oldest;
    while (store->bytes > store->bytes_max && next != NULL) {
        struct availability *candidate = next;
        next = candidate->newer;
        if (atomic_load_explicit(&candidate->users, memory_order_acquire) == 0) {
            remove_show(store, candidate);
        }
    }
    pthread_mutex_unlock(&store->lock);
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
        show->over = claims_head(claims)->over;
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
            show->over = claims_head(claims)->over;
        }
    }
    return status;
}

/* Puts what the read found into the round. With the show's lock. */
static void fill_round(struct read_round *round, struct availability *show, enum db_status status)
{
    round->status = status;
    if (status != DB_OK) {
        return;
    }
    round->published = show->published;
    round->fingerprint = snapshot_fingerprint(show->snapshot);
    if (round->wanted[AVAILABILITY_FULL]) {
        round->bodies[AVAILABILITY_FULL] = snapshot_full(show->snapshot);
    }
    if (round->wanted[AVAILABILITY_COMPACT]) {
        round->bodies[AVAILABILITY_COMPACT] = snapshot_compact(show->snapshot);
    }
}

/* Threads that are about to join get to do so, as long as some do: a read for many costs what one for a few
 * does. With nobody else to run this returns at once. */
static void gather(struct read_round *round)
{
    for (int i = 0; i < GATHER_MAX; i++) {
        unsigned before = atomic_load_explicit(&round->references, memory_order_relaxed);
        sched_yield();
        if (atomic_load_explicit(&round->references, memory_order_relaxed) == before) {
            break;
        }
    }
}

/* One read, on behalf of all who have come until it begins; the next one begins when it is over. A snapshot
 * outlives a failed read: the next one asks for all that changed since, or finds another database. Called and
 * returns without the show's lock. */
static void lead_round(struct availability_store *store, struct availability *show, struct read_round *round)
{
    gather(round);
    pthread_mutex_lock(&show->lock);
    show->gathering = NULL;
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
    fill_round(round, show, status);
    atomic_store(&show->missing, status == DB_NONE);
    size_t size = sizeof(*show) + (show->snapshot != NULL ? snapshot_size(show->snapshot) : 0);
    show->led = show->gathering != NULL;
    if (show->led) {
        read_round_appoint(show->gathering);
    }
    pthread_mutex_unlock(&show->lock);
    read_round_finish(round);
    make_room(store, show, size);
}

/* Joins the first read that begins after this call, and waits for its result; the caller releases it.
 * `form`: AVAILABILITY_FORMS for no body. */
static struct read_round *take_part(struct availability_store *store, struct availability *show,
                                    enum availability_form form)
{
    pthread_mutex_lock(&show->lock);
    if (show->gathering == NULL) {
        show->gathering = read_round_new();
    } else {
        atomic_fetch_add_explicit(&show->gathering->references, 1, memory_order_relaxed);
    }
    struct read_round *round = show->gathering;
    if (form < AVAILABILITY_FORMS) {
        round->wanted[form] = true;
    }
    bool lead = !show->led;
    show->led = true;
    pthread_mutex_unlock(&show->lock);
    if (lead || read_round_wait(round)) {
        lead_round(store, show, round);
    }
    return round;
}

enum db_status availability_read(struct availability_store *store, const char *show_id,
                                 enum availability_form form, struct availability_answer *ret_answer)
{
    struct availability *show = enter(store, show_id);
    struct read_round *round = take_part(store, show, form);
    leave(store, show);
    enum db_status status = round->status;
    if (status == DB_OK) {
        *ret_answer = (struct availability_answer){
            .published = round->published,
            .fingerprint = round->fingerprint,
            .body = shared_body_share(round->bodies[form]),
        };
    }
    read_round_release(round);
    return status;
}

enum db_status availability_open(struct availability_store *store, const char *show_id,
                                 struct availability **ret_availability)
{
    struct availability *show = enter(store, show_id);
    for (;;) {
        struct read_round *round = take_part(store, show, AVAILABILITY_FORMS);
        enum db_status status = round->status;
        read_round_release(round);
        if (status != DB_OK) {
            leave(store, show);
            return status;
        }
        pthread_mutex_lock(&show->lock);
        if (show->snapshot != NULL) { /* else a later read has found the show gone: look again */
            *ret_availability = show;
            return DB_OK;
        }
        pthread_mutex_unlock(&show->lock);
    }
}

void availability_close(struct availability_store *store, struct availability *availability)
{
    pthread_mutex_unlock(&availability->lock);
    leave(store, availability);
}

struct snapshot *availability_snapshot(struct availability *availability)
{
    return availability->snapshot;
}

bool availability_published(const struct availability *availability)
{
    return availability->published;
}

bool availability_over(const struct availability *availability)
{
    return availability->over;
}
