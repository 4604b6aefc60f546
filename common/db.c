/* db.c: transactions, and statements that may be run again. */
#include "common/db_internal.h"

#include "common/clock.h"
#include <string.h>
#include <time.h>

enum { ATTEMPTS_MAX = 5, REPEAT_WITHIN_US = 3000000 };

/* How often one unit of work has been repeated so far, because repetitions are limited. */
struct attempts {
    int count;     /* runs that ended in DB_RETRY */
    bool replaced; /* a lost connection was replaced once */
    int64_t start_us;
};

static const struct db_statement commit_statement = {.sql = "COMMIT"};
static const struct db_statement rollback_statement = {.sql = "ROLLBACK"};
static const struct db_statement select_one = {.name = "db_ready", .sql = "SELECT 1", .repeatable = true};

static int64_t wait_deadline(const struct db_pool *pool)
{
    return clock_monotonic_us() + (int64_t)pool->wait_ms * 1000;
}

/* Waits a few milliseconds, longer each time and partly at random, so that two threads that collided do not
 * collide again. */
static void back_off(int attempt)
{
    const int64_t spread_us = 4000 * (int64_t)attempt;
    const int64_t pause_us = 1000 * (int64_t)attempt + clock_monotonic_us() % spread_us;
    nanosleep(&(struct timespec){.tv_nsec = pause_us * 1000}, NULL);
}

/* True when the work is to be run again after `*status`; false when `*status` is final. The connection has
 * been given back. */
static bool run_again(struct db_pool *pool, struct attempts *attempts, enum db_loss loss, bool harmless,
                      enum db_status *status)
{
    if (loss == DB_LOSS_UNEXECUTED || (loss == DB_LOSS_UNKNOWN && harmless)) {
        const bool again = !attempts->replaced;
        attempts->replaced = true;
        return again;
    }
    if (loss != DB_LOSS_NONE || *status != DB_RETRY) {
        return false;
    }
    attempts->count++;
    if (attempts->count == ATTEMPTS_MAX || clock_monotonic_us() - attempts->start_us > REPEAT_WITHIN_US) {
        *status = DB_UNAVAILABLE;
        return false;
    }
    metrics_add(pool->metrics, METRIC_DB_RETRIES, 1);
    back_off(attempts->count);
    return true;
}

static struct db_result *result_of(PGresult *rows)
{
    struct db_result *result = memory_new(1, sizeof *result);
    result->rows = rows;
    return result;
}

enum db_status db_run(struct db_pool *pool, const struct db_statement *statement, size_t count,
                      const char *const params[], struct db_result **ret_result)
{
    struct attempts attempts = {.start_us = clock_monotonic_us()};
    enum db_status status;
    enum db_loss loss;
    PGresult *rows = NULL;
    do {
        struct db *db = NULL;
        status = db_acquire(pool, wait_deadline(pool), attempts.replaced, &db);
        if (status != DB_OK) {
            return status;
        }
        status = db_exchange(db, statement, count, params, db_patience_ms(pool), &rows);
        loss = db->loss;
        db_release(db);
    } while (status != DB_OK && run_again(pool, &attempts, loss, statement->repeatable, &status));
    if (status == DB_OK) {
        *ret_result = result_of(rows);
    }
    return status;
}

enum db_status db_query(struct db *db, const struct db_statement *statement, size_t count,
                        const char *const params[], struct db_result **ret_result)
{
    if (db->loss != DB_LOSS_NONE) {
        return DB_UNAVAILABLE; /* the step went on after its connection broke */
    }
    PGresult *rows = NULL;
    const enum db_status status = db_exchange(db, statement, count, params, db_patience_ms(db->pool), &rows);
    if (status == DB_OK) {
        *ret_result = result_of(rows);
    }
    return status;
}

static enum db_status want_row(enum db_status status, struct db_result **result)
{
    if (status == DB_OK && db_rows(*result) == 0) {
        db_result_free(*result);
        *result = NULL;
        return DB_NONE;
    }
    return status;
}

enum db_status db_run_row(struct db_pool *pool, const struct db_statement *statement, size_t count,
                          const char *const params[], struct db_result **ret_result)
{
    return want_row(db_run(pool, statement, count, params, ret_result), ret_result);
}

enum db_status db_query_row(struct db *db, const struct db_statement *statement, size_t count,
                            const char *const params[], struct db_result **ret_result)
{
    return want_row(db_query(db, statement, count, params, ret_result), ret_result);
}

/* Sends COMMIT. When the connection is lost from here on, the outcome is unknown and the work is never
 * repeated. */
static enum db_status commit(struct db *db)
{
    PGresult *rows = NULL;
    const enum db_status status =
        db_exchange(db, &commit_statement, 0, NULL, db_patience_ms(db->pool), &rows);
    if (status == DB_OK) {
        PQclear(rows);
    } else if (db->loss != DB_LOSS_NONE) {
        db->loss = DB_LOSS_FINAL;
    }
    return status;
}

static void roll_back(struct db *db)
{
    PGresult *rows = NULL;
    if (db_exchange(db, &rollback_statement, 0, NULL, db_patience_ms(db->pool), &rows) == DB_OK) {
        PQclear(rows);
    }
}

/* Runs the step once on a lent connection and ends its transaction. */
static enum db_status run_step(struct db *db, db_transaction_fn *step, void *context)
{
    db->in_transaction = true;
    db->begun = false;
    db->failure = DB_OK;
    enum db_status status = step(db, context);
    if (status == DB_OK) {
        status = db->failure;
    }
    if (db->begun && db->loss == DB_LOSS_NONE) {
        if (status == DB_OK) {
            status = commit(db);
        } else {
            roll_back(db);
        }
    }
    db->in_transaction = false;
    return status;
}

enum db_status db_transaction(struct db_pool *pool, db_transaction_fn *step, void *context)
{
    struct attempts attempts = {.start_us = clock_monotonic_us()};
    enum db_status status;
    enum db_loss loss;
    do {
        struct db *db = NULL;
        status = db_acquire(pool, wait_deadline(pool), attempts.replaced, &db);
        if (status != DB_OK) {
            return status;
        }
        status = run_step(db, step, context);
        loss = status == DB_OK ? DB_LOSS_NONE : db->loss;
        db_release(db);
        /* Before COMMIT was sent nothing can have been committed: any loss is harmless. */
    } while (status != DB_OK && run_again(pool, &attempts, loss, true, &status));
    return status;
}

bool db_ready(struct db_pool *pool)
{
    struct db *db = NULL;
    const int64_t deadline_us = wait_deadline(pool);
    if (db_acquire(pool, deadline_us, false, &db) != DB_OK) {
        return false;
    }
    PGresult *rows = NULL;
    const int left_ms = db_remaining_ms(deadline_us);
    const enum db_status status = db_exchange(db, &select_one, 0, NULL, left_ms > 0 ? left_ms : 1, &rows);
    db_release(db);
    if (status == DB_OK) {
        PQclear(rows);
    }
    return status == DB_OK;
}
