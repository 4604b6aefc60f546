/* set_cache.c: sets of eight places, each a mark, a key and a value. */
#include "common/set_cache.h"
#include "common/memory.h"
#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

enum { WAYS = 8, KEY_MAX = 64 };

struct set_cache {
    pthread_mutex_t lock;
    size_t sets, key_size, value_size;
    size_t place_size; /* of the mark (1: in use), the key and the value */
    unsigned char *places;
};

struct set_cache *set_cache_new(size_t capacity, size_t key_size, size_t value_size)
{
    assert(capacity > 0 && key_size > 0 && key_size <= KEY_MAX);
    struct set_cache *cache = memory_new(1, sizeof(*cache));
    pthread_mutex_init(&cache->lock, NULL);
    cache->sets = (capacity + WAYS - 1) / WAYS;
    cache->key_size = key_size;
    cache->value_size = value_size;
    cache->place_size = 1 + key_size + value_size;
    cache->places = memory_new(cache->sets * WAYS, cache->place_size);
    return cache;
}

void set_cache_free(struct set_cache *cache)
{
    if (cache != NULL) {
        pthread_mutex_destroy(&cache->lock);
        explicit_bzero(cache->places, cache->sets * WAYS * cache->place_size);
        free(cache->places);
        free(cache);
    }
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static unsigned char *set_of(const struct set_cache *cache, const unsigned char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < cache->key_size; i++) {
        hash = (hash ^ key[i]) * UINT64_C(1099511628211);
    }
    return cache->places + hash % cache->sets * WAYS * cache->place_size;
}

/* The place of the key in its set; NULL: none. */
static unsigned char *find(const struct set_cache *cache, unsigned char *set, const void *key)
{
    for (size_t way = 0; way < WAYS; way++) {
        unsigned char *place = set + way * cache->place_size;
        if (place[0] == 1 && memcmp(place + 1, key, cache->key_size) == 0) {
            return place;
        }
    }
    return NULL;
}

bool set_cache_get(struct set_cache *cache, const void *key, void *ret_value)
{
    pthread_mutex_lock(&cache->lock);
    const unsigned char *place = find(cache, set_of(cache, key), key);
    if (place != NULL) {
        memcpy(ret_value, place + 1 + cache->key_size, cache->value_size);
    }
    pthread_mutex_unlock(&cache->lock);
    return place != NULL;
}

void set_cache_put(struct set_cache *cache, const void *key, const void *value)
{
    pthread_mutex_lock(&cache->lock);
    unsigned char *set = set_of(cache, key);
    unsigned char *place = find(cache, set, key);
    if (place == NULL) {
        memmove(set + cache->place_size, set, (WAYS - 1) * cache->place_size);
        place = set;
    }
    place[0] = 1;
    memcpy(place + 1, key, cache->key_size);
    memcpy(place + 1 + cache->key_size, value, cache->value_size);
    pthread_mutex_unlock(&cache->lock);
}
