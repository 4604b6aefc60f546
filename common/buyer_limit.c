/* buyer_limit.c: a token bucket for each user, in a table that does not grow. */
#include "common/buyer_limit.h"
#include "common/identifier.h"
#include "common/memory.h"
#include "common/set_cache.h"
#include <pthread.h>
#include <string.h>

enum { USERS = 16384, BURST_SECONDS = 5, SECOND_US = 1000 * 1000 };

/* The moment from which on the user's bucket is full again. Each request moves it on by one interval; at most
 * BURST_SECONDS ahead of now. */
struct bucket {
    int64_t full_at_us;
};

struct buyer_limit {
    pthread_mutex_t lock; /* between reading a bucket and writing it */
    struct set_cache *buckets;
    int64_t interval_us; /* between two requests at the rate */
};

struct buyer_limit *buyer_limit_new(int64_t rate)
{
    if (rate == 0) {
        return NULL;
    }
    struct buyer_limit *limit = memory_new(1, sizeof(*limit));
    pthread_mutex_init(&limit->lock, NULL);
    limit->buckets = set_cache_new(USERS, UUID_SIZE, sizeof(struct bucket));
    limit->interval_us = SECOND_US / rate;
    return limit;
}

void buyer_limit_free(struct buyer_limit *limit)
{
    if (limit != NULL) {
        set_cache_free(limit->buckets);
        pthread_mutex_destroy(&limit->lock);
        free(limit);
    }
}

static int64_t later(int64_t one, int64_t other)
{
    return one > other ? one : other;
}

int buyer_limit_wait(struct buyer_limit *limit, const char *user_id, int64_t now_us)
{
    if (limit == NULL) {
        return 0;
    }
    char key[UUID_SIZE] = "";
    memcpy(key, user_id, strnlen(user_id, UUID_SIZE - 1));
    pthread_mutex_lock(&limit->lock);
    struct bucket bucket = {0};
    (void)!set_cache_get(limit->buckets, key, &bucket);
    const int64_t full_at_us = later(bucket.full_at_us, now_us) + limit->interval_us;
    const int64_t too_early_us = full_at_us - (now_us + (int64_t)BURST_SECONDS * SECOND_US);
    if (too_early_us <= 0) {
        bucket.full_at_us = full_at_us;
        set_cache_put(limit->buckets, key, &bucket);
    }
    pthread_mutex_unlock(&limit->lock);
    return too_early_us <= 0 ? 0 : (int)((too_early_us + SECOND_US - 1) / SECOND_US);
}
