#include "common/token_cache.h"
#include "common/clock.h"
#include "common/memory.h"
#include <openssl/crypto.h>
#include <pthread.h>
#include <string.h>

enum { ENTRIES = 512, TEXT_MAX = 1024 };

struct entry {
    size_t length; /* 0: empty */
    char token[TEXT_MAX];
    struct token_claims claims;
};

struct token_cache {
    pthread_mutex_t lock;
    struct entry entries[ENTRIES];
};

struct token_cache *token_cache_new(void)
{
    struct token_cache *cache = memory_new(1, sizeof(*cache));
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    pthread_mutex_destroy(&cache->lock);
    OPENSSL_cleanse(cache->entries, sizeof(cache->entries));
    free(cache);
}

/* The only place where the token may be: FNV-1a (Fowler, Noll, Vo). */
static struct entry *place(struct token_cache *cache, const char *token, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)token[i]) * 16777619u;
    }
    return &cache->entries[hash % ENTRIES];
}

bool token_cache_get(struct token_cache *cache, const char *token, struct token_claims *ret_claims)
{
    size_t length = strnlen(token, TEXT_MAX + 1);
    if (length == 0 || length > TEXT_MAX) {
        return false;
    }
    const struct entry *entry = place(cache, token, length);
    pthread_mutex_lock(&cache->lock);
    /* In a time that tells nothing about where a forged one differs. */
    bool found = entry->length == length && CRYPTO_memcmp(entry->token, token, length) == 0 &&
                 entry->claims.expires_at > clock_seconds();
    if (found) {
        *ret_claims = entry->claims;
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

void token_cache_put(struct token_cache *cache, const char *token, const struct token_claims *claims)
{
    size_t length = strnlen(token, TEXT_MAX + 1);
    if (length > TEXT_MAX) {
        return;
    }
    struct entry *entry = place(cache, token, length);
    pthread_mutex_lock(&cache->lock);
    entry->length = length;
    memcpy(entry->token, token, length);
    entry->claims = *claims;
    pthread_mutex_unlock(&cache->lock);
}
