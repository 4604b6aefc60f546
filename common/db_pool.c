/* db_pool.c: who gets a connection of the pool, and for how long a thread waits for one. */
#include "common/db_internal.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/turn.h"
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <time.h>

struct db_pool *db_pool_new(const struct db_options *options)
{
    assert(options->connections > 0);
    struct db_pool *pool = memory_new(1, sizeof *pool);
    pool->url = memory_text(options->url);
    pool->application_name = memory_text(options->application_name);
    pool->wait_ms = options->wait_ms;
    pool->statement_timeout_ms = options->statement_timeout_ms;
    pool->pooled = options->pooled;
    pool->generic_plans = options->generic_plans;
    pool->metrics = options->metrics;
    pool->limit = (size_t)options->connections;
    pool->idle = memory_new(pool->limit, sizeof(struct db *));
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->returned, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&pool->mutex, NULL);
    return pool;
}

void db_pool_free(struct db_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    assert(pool->open_count == pool->idle_count); /* none is lent any more */
    for (size_t i = 0; i < pool->idle_count; i++) {
        db_disconnect(pool->idle[i]);
    }
    pthread_cond_destroy(&pool->returned);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->idle);
    free(pool->application_name);
    free(pool->url);
    free(pool);
}

int db_remaining_ms(int64_t deadline_us)
{
    const int64_t left_us = deadline_us - clock_monotonic_us();
    if (left_us <= 0) {
        return 0;
    }
    const int64_t left_ms = (left_us + 999) / 1000;
    return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

/* Waits, with the mutex held, until a connection is idle or may be opened. False at the deadline. */
static bool wait_for_turn(struct db_pool *pool, int64_t deadline_us)
{
    if (pool->idle_count > 0 || pool->open_count < pool->limit) {
        return true;
    }
    turn_will_wait();
    const int64_t start_us = clock_monotonic_us();
    const struct timespec until = {.tv_sec = deadline_us / 1000000,
                                   .tv_nsec = (deadline_us % 1000000) * 1000};
    int failure = 0;
    while (pool->idle_count == 0 && pool->open_count >= pool->limit && failure != ETIMEDOUT) {
        failure = pthread_cond_timedwait(&pool->returned, &pool->mutex, &until);
    }
    metrics_add(pool->metrics, METRIC_POOL_WAITS, 1);
    metrics_add(pool->metrics, METRIC_POOL_WAIT_MICROSECONDS, clock_monotonic_us() - start_us);
    return pool->idle_count > 0 || pool->open_count < pool->limit;
}

/* True when this failure is to be logged: at most one a second, since each request of an outage meets one. */
static bool report_is_due(struct db_pool *pool)
{
    const int64_t now_us = clock_monotonic_us();
    pthread_mutex_lock(&pool->mutex);
    const bool due = now_us >= pool->next_report_us;
    if (due) {
        pool->next_report_us = now_us + 1000000;
    }
    pthread_mutex_unlock(&pool->mutex);
    return due;
}

/* Gives up the place of a connection that is gone. */
static void give_up_place(struct db_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->open_count--;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->mutex);
}

/* Opens a connection for a place already counted in open_count; NULL gives the place up. */
static struct db *open_in_place(struct db_pool *pool, bool again)
{
    turn_will_wait();
    CLEANUP(free) char *reason = NULL;
    struct db *db = db_connect(pool, &reason);
    if (db == NULL) {
        give_up_place(pool);
        if (report_is_due(pool)) {
            log_message(LOG_LEVEL_ERROR, "database_unreachable", "%s", reason);
        }
        return NULL;
    }
    if (again) {
        metrics_add(pool->metrics, METRIC_DB_RECONNECTS, 1);
    }
    return db;
}

enum db_status db_acquire(struct db_pool *pool, int64_t deadline_us, bool fresh, struct db **ret_db)
{
    struct db *db = NULL;
    pthread_mutex_lock(&pool->mutex);
    if (!wait_for_turn(pool, deadline_us)) {
        pthread_mutex_unlock(&pool->mutex);
        return DB_UNAVAILABLE;
    }
    if (pool->idle_count > 0) {
        db = pool->idle[--pool->idle_count];
    } else {
        pool->open_count++;
    }
    pthread_mutex_unlock(&pool->mutex);

    const bool stale = db != NULL && (fresh || !db_is_quiet(db));
    if (stale) {
        db_disconnect(db);
        db = NULL;
    }
    if (db == NULL) {
        db = open_in_place(pool, stale || fresh);
    }
    if (db == NULL) {
        return DB_UNAVAILABLE;
    }
    metrics_add(pool->metrics, METRIC_POOL_IN_USE, 1);
    *ret_db = db;
    return DB_OK;
}

void db_release(struct db *db)
{
    struct db_pool *pool = db->pool;
    metrics_add(pool->metrics, METRIC_POOL_IN_USE, -1);
    if (db->loss != DB_LOSS_NONE || PQtransactionStatus(db->connection) != PQTRANS_IDLE) {
        db_disconnect(db);
        give_up_place(pool);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->idle[pool->idle_count++] = db;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->mutex);
}
