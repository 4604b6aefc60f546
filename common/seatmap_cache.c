/* seatmap_cache.c: expanded seat maps, loaded once for all threads that ask. */
#include "common/seatmap_cache.h"
#include "common/turn.h"

#include "common/log.h"
#include <assert.h>
#include <pthread.h>
#include <string.h>

struct entry {
    struct entry *next;
    char *id;
    int64_t version;
    struct seatmap *map;   /* NULL while it is loading and when that failed */
    enum db_status status; /* of the load */
    bool loading;
    bool detached; /* evicted or failed: freed with its last reference, not found any more */
    unsigned references;
    uint64_t used; /* the clock's reading at the last use */
};

struct seatmap_cache {
    struct db_pool *pool;
    size_t capacity;
    pthread_mutex_t mutex;
    pthread_cond_t loaded;
    struct entry *entries;
    size_t count;   /* entries that are not detached */
    uint64_t clock; /* counts uses */
};

static const struct db_statement load_template = {
    .name = "seatmap_load",
    .sql = "SELECT template FROM seatmaps WHERE id = $1 AND version = $2::integer",
    .repeatable = true,
};

struct seatmap_cache *seatmap_cache_new(struct db_pool *pool, size_t capacity)
{
    assert(capacity > 0);
    struct seatmap_cache *cache = memory_new(1, sizeof *cache);
    cache->pool = pool;
    cache->capacity = capacity;
    pthread_mutex_init(&cache->mutex, NULL);
    pthread_cond_init(&cache->loaded, NULL);
    return cache;
}

static void entry_free(struct entry *entry)
{
    seatmap_free(entry->map);
    free(entry->id);
    free(entry);
}

void seatmap_cache_free(struct seatmap_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    while (cache->entries != NULL) {
        struct entry *entry = cache->entries;
        assert(entry->references == 0);
        cache->entries = entry->next;
        entry_free(entry);
    }
    pthread_cond_destroy(&cache->loaded);
    pthread_mutex_destroy(&cache->mutex);
    free(cache);
}

/* All functions below run with the mutex held unless they say otherwise. */

static struct entry *find_entry(struct seatmap_cache *cache, const char *id, int64_t version)
{
    for (struct entry *entry = cache->entries; entry != NULL; entry = entry->next) {
        if (!entry->detached && entry->version == version && strcmp(entry->id, id) == 0) {
            return entry;
        }
    }
    return NULL;
}

/* Takes the entry out of the list and frees it when it is detached and no thread has it. */
static void remove_when_unused(struct seatmap_cache *cache, struct entry *entry)
{
    if (!entry->detached || entry->references > 0) {
        return;
    }
    struct entry **link = &cache->entries;
    while (*link != entry) {
        link = &(*link)->next;
    }
    *link = entry->next;
    entry_free(entry);
}

/* From now on the entry is not found any more; threads that have it keep it. */
static void detach(struct seatmap_cache *cache, struct entry *entry)
{
    entry->detached = true;
    cache->count--;
}

static void drop_reference(struct seatmap_cache *cache, struct entry *entry)
{
    entry->references--;
    remove_when_unused(cache, entry);
}

static void evict_least_recently_used(struct seatmap_cache *cache)
{
    struct entry *oldest = NULL;
    for (struct entry *entry = cache->entries; entry != NULL; entry = entry->next) {
        if (!entry->detached && (oldest == NULL || entry->used < oldest->used)) {
            oldest = entry;
        }
    }
    if (oldest != NULL) {
        detach(cache, oldest);
        remove_when_unused(cache, oldest);
    }
}

static struct entry *add_loading_entry(struct seatmap_cache *cache, const char *id, int64_t version)
{
    if (cache->count >= cache->capacity) {
        evict_least_recently_used(cache);
    }
    struct entry *entry = memory_new(1, sizeof *entry);
    entry->id = memory_text(id);
    entry->version = version;
    entry->loading = true;
    entry->references = 1;
    entry->used = ++cache->clock;
    entry->next = cache->entries;
    cache->entries = entry;
    cache->count++;
    return entry;
}

/* Without the mutex: reads and expands a template. A template that does not parse was not put there through
 * the API. */
static enum db_status load(struct db_pool *pool, const char *id, int64_t version, struct seatmap **ret_map)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *const params[] = {id, db_number(arena, version)};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_run_row(pool, &load_template, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    json_auto_t *template = json_loads(db_text(result, 0, 0), 0, NULL);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct seatmap *map = seatmap_parse(template, faults);
    if (map == NULL) {
        log_event(LOG_LEVEL_ERROR, "seatmap_unusable",
                  json_pack("{s:s, s:I, s:o}", "id", id, "version", (json_int_t)version, "faults",
                            fault_list_json(faults)));
        return DB_FAILED;
    }
    *ret_map = map;
    return DB_OK;
}

/* Loads a new entry, and lets go of the mutex meanwhile. Other threads that want the same map wait instead of
 * loading it too. */
static void fill_entry(struct seatmap_cache *cache, struct entry *entry)
{
    struct seatmap *map = NULL;
    pthread_mutex_unlock(&cache->mutex);
    const enum db_status status = load(cache->pool, entry->id, entry->version, &map);
    pthread_mutex_lock(&cache->mutex);
    entry->map = map;
    entry->status = status;
    entry->loading = false;
    if (status != DB_OK && !entry->detached) {
        detach(cache, entry); /* those who waited get the failure, the next one tries again */
    }
    pthread_cond_broadcast(&cache->loaded);
}

enum db_status seatmap_cache_get(struct seatmap_cache *cache, const char *id, int64_t version,
                                 const struct seatmap **ret_map)
{
    pthread_mutex_lock(&cache->mutex);
    struct entry *entry = find_entry(cache, id, version);
    if (entry == NULL) {
        entry = add_loading_entry(cache, id, version);
        fill_entry(cache, entry);
    } else {
        entry->references++;
        while (entry->loading) {
            turn_will_wait();
            pthread_cond_wait(&cache->loaded, &cache->mutex);
        }
    }
    const enum db_status status = entry->status;
    if (status == DB_OK) {
        entry->used = ++cache->clock;
        *ret_map = entry->map;
    } else {
        drop_reference(cache, entry);
    }
    pthread_mutex_unlock(&cache->mutex);
    return status;
}

void seatmap_cache_release(struct seatmap_cache *cache, const struct seatmap *map)
{
    if (map == NULL) {
        return;
    }
    pthread_mutex_lock(&cache->mutex);
    struct entry *entry = cache->entries;
    while (entry != NULL && entry->map != map) {
        entry = entry->next;
    }
    assert(entry != NULL && entry->references > 0);
    drop_reference(cache, entry);
    pthread_mutex_unlock(&cache->mutex);
}
