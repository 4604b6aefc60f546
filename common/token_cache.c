#include "common/token_cache.h"
#include "common/clock.h"
#include "common/memory.h"
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <string.h>

enum {
    SETS = 512,
    WAYS = 8,        /* tokens that fall into one set; the one that was put in first goes */
    NAMES_MAX = 160, /* what longer ones would need, they all would */
};

/* Of a token its digest only: small, and of no use to whoever reads this memory. */
struct entry {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    int64_t expires_at; /* 0: empty */
    unsigned roles;
    char user_id[UUID_SIZE];
    char session_id[UUID_SIZE];
    char names[NAMES_MAX]; /* email, then full name, each with its NUL */
};

struct token_cache {
    pthread_mutex_t lock;
    struct entry sets[SETS][WAYS];
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
    OPENSSL_cleanse(cache->sets, sizeof(cache->sets));
    free(cache);
}

static void digest_of(const char *token, unsigned char ret_digest[static SHA256_DIGEST_LENGTH])
{
    if (SHA256((const unsigned char *)token, strlen(token), ret_digest) == NULL) {
        abort(); /* memory.h: exhaustion ends the process; going on, one token could pass for another */
    }
}

static struct entry *set_of(struct token_cache *cache,
                            const unsigned char digest[static SHA256_DIGEST_LENGTH])
{
    return cache->sets[(digest[0] | digest[1] << 8) % SETS];
}

/* The place of the digest in its set, or WAYS. How long this takes tells nothing about a token: nobody can
 * make one whose digest is nearly another's. */
static size_t way_of(const struct entry *set, const unsigned char digest[static SHA256_DIGEST_LENGTH])
{
    size_t way = 0;
    while (way < WAYS &&
           (set[way].expires_at == 0 || memcmp(set[way].digest, digest, SHA256_DIGEST_LENGTH) != 0)) {
        way++;
    }
    return way;
}

static void claims_of(const struct entry *entry, struct token_claims *ret_claims)
{
    ret_claims->expires_at = entry->expires_at;
    ret_claims->roles = entry->roles;
    memcpy(ret_claims->user_id, entry->user_id, sizeof(entry->user_id));
    memcpy(ret_claims->session_id, entry->session_id, sizeof(entry->session_id));
    const char *full_name = entry->names + strlen(entry->names) + 1;
    memcpy(ret_claims->email, entry->names, strlen(entry->names) + 1);
    memcpy(ret_claims->full_name, full_name, strlen(full_name) + 1);
}

bool token_cache_get(struct token_cache *cache, const char *token, struct token_claims *ret_claims)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    digest_of(token, digest);
    pthread_mutex_lock(&cache->lock);
    const struct entry *set = set_of(cache, digest);
    const size_t way = way_of(set, digest);
    const bool found = way < WAYS && set[way].expires_at > clock_seconds();
    if (found) {
        claims_of(&set[way], ret_claims);
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

void token_cache_put(struct token_cache *cache, const char *token, const struct token_claims *claims)
{
    const size_t email = strlen(claims->email) + 1;
    const size_t full_name = strlen(claims->full_name) + 1;
    if (email + full_name > NAMES_MAX) {
        return;
    }
    struct entry entry = {.expires_at = claims->expires_at, .roles = claims->roles};
    digest_of(token, entry.digest);
    memcpy(entry.user_id, claims->user_id, sizeof(entry.user_id));
    memcpy(entry.session_id, claims->session_id, sizeof(entry.session_id));
    memcpy(entry.names, claims->email, email);
    memcpy(entry.names + email, claims->full_name, full_name);
    pthread_mutex_lock(&cache->lock);
    struct entry *set = set_of(cache, entry.digest);
    const size_t way = way_of(set, entry.digest);
    if (way == WAYS) {
        memmove(&set[1], &set[0], (WAYS - 1) * sizeof(set[0]));
    }
    set[way % WAYS] = entry;
    pthread_mutex_unlock(&cache->lock);
}
