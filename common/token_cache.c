/* token_cache.c: a token's digest leads to its claims. */
#include "common/token_cache.h"
#include "common/clock.h"
#include "common/memory.h"
#include "common/set_cache.h"
#include <openssl/sha.h>
#include <string.h>

enum {
    TOKENS = 4096,
    NAMES_MAX = 160, /* every entry has this room, so longer names are not remembered */
};

/* What is remembered under a token's digest. The token itself is not kept, because the digest is smaller and
 * an attacker who reads this memory cannot use it. */
struct entry {
    int64_t expires_at;
    unsigned roles;
    bool guest;
    char user_id[UUID_SIZE];
    char session_id[UUID_SIZE];
    char names[NAMES_MAX]; /* email, then full name, each with its NUL */
};

struct token_cache {
    struct set_cache *entries;
};

struct token_cache *token_cache_new(void)
{
    struct token_cache *cache = memory_new(1, sizeof(*cache));
    cache->entries = set_cache_new(TOKENS, SHA256_DIGEST_LENGTH, sizeof(struct entry));
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    set_cache_free(cache->entries);
    free(cache);
}

static void digest_of(const char *token, unsigned char ret_digest[static SHA256_DIGEST_LENGTH])
{
    if (SHA256((const unsigned char *)token, strlen(token), ret_digest) == NULL) {
        abort(); /* exhaustion ends the process (memory.h); with no digest, one token could pass for another
                  */
    }
}

static void claims_of(const struct entry *entry, struct token_claims *ret_claims)
{
    ret_claims->expires_at = entry->expires_at;
    ret_claims->roles = entry->roles;
    ret_claims->guest = entry->guest;
    memcpy(ret_claims->user_id, entry->user_id, sizeof(entry->user_id));
    memcpy(ret_claims->session_id, entry->session_id, sizeof(entry->session_id));
    const char *full_name = entry->names + strlen(entry->names) + 1;
    memcpy(ret_claims->email, entry->names, strlen(entry->names) + 1);
    memcpy(ret_claims->full_name, full_name, strlen(full_name) + 1);
}

bool token_cache_get(struct token_cache *cache, const char *token, struct token_claims *ret_claims)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    struct entry entry;
    digest_of(token, digest);
    if (!set_cache_get(cache->entries, digest, &entry) || entry.expires_at <= clock_seconds()) {
        return false;
    }
    claims_of(&entry, ret_claims);
    return true;
}

void token_cache_put(struct token_cache *cache, const char *token, const struct token_claims *claims)
{
    const size_t email = strlen(claims->email) + 1;
    const size_t full_name = strlen(claims->full_name) + 1;
    if (email + full_name > NAMES_MAX) {
        return;
    }
    unsigned char digest[SHA256_DIGEST_LENGTH];
    digest_of(token, digest);
    struct entry entry = {.expires_at = claims->expires_at, .roles = claims->roles, .guest = claims->guest};
    memcpy(entry.user_id, claims->user_id, sizeof(entry.user_id));
    memcpy(entry.session_id, claims->session_id, sizeof(entry.session_id));
    memcpy(entry.names, claims->email, email);
    memcpy(entry.names + email, claims->full_name, full_name);
    set_cache_put(cache->entries, digest, &entry);
}
