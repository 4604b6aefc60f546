/* db.h: PostgreSQL through libpq: a bounded pool, statements prepared once per connection, transactions that
 * may be run again.
 *
 * Parameters and results are text. SQL is static text with $n. Statements stand in files whose
 * names end in _db, and only those and db*.c call libpq. */
#ifndef TICKETING_DB_H
#define TICKETING_DB_H

#include "common/cleanup.h"
#include "common/memory.h"
#include "common/metrics.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum db_status {
    DB_OK = 0,
    DB_NONE,        /* looked up, not there: no row where one was wanted (db_run_row(), db_query_row()) */
    DB_UNAVAILABLE, /* no connection, or it broke, or none was free in time, or the statement ran out of time
                       (57014), or the server out of resources (class 53), or retries ran out, or the wait
                       for a synchronous standby was cancelled after COMMIT: answer 503. After a write the
                       outcome may be unknown */
    DB_CONFLICT,    /* a unique or exclusion constraint refused (SQLSTATE 23505, 23P01) */
    DB_INVALID,     /* another constraint or a data exception refused (classes 22, 23) */
    DB_RETRY,  /* serialization failure, deadlock or lock timeout (40001, 40P01, 55P03): db_transaction() runs
                  again */
    DB_FAILED, /* anything else: a bug or a missing privilege; logged with its SQLSTATE. Answer 500 */
};

struct db_statement {
    const char *name; /* unique in the process: prepared under it */
    const char *sql;
    bool repeatable; /* running it twice does no harm (reads): db_run() may repeat it when its connection
                        broke under it */
};

struct db_options {
    const char *url; /* libpq connection URI or keywords */
    const char *application_name;
    int connections;          /* at the most */
    int wait_ms;              /* for a free one */
    int statement_timeout_ms; /* set on every connection */
    bool pooled;        /* PgBouncer in transaction mode: no named prepared statements, no session settings */
    bool generic_plans; /* plan each prepared statement once (plan_cache_mode): for a pool whose statements
                           have one good plan whatever their parameters. Without effect when `pooled` */
    struct metrics *metrics; /* may be NULL */
};

struct db_pool;   /* opaque; shared between threads */
struct db;        /* one connection, borrowed from the pool by one thread */
struct db_result; /* rows of one statement */

/* Makes the pool without connecting; connections are opened when needed. Never NULL. */
struct db_pool *db_pool_new(const struct db_options *options);
void db_pool_free(struct db_pool *pool);

/* Runs one statement on a connection of its own, outside any transaction. A connection found dead before the
 * statement was sent is replaced. One that breaks under the statement is replaced and the statement run once
 * more only when it is `repeatable` or when the server said that it did not run; else the outcome is unknown
 * and DB_UNAVAILABLE is returned. DB_RETRY is tried again up to 5 times and for 3 s, then it becomes
 * DB_UNAVAILABLE. `*ret_result` is set on DB_OK only; the caller frees it. */
enum db_status db_run(struct db_pool *pool, const struct db_statement *statement, size_t count,
                      const char *const params[], struct db_result **ret_result) MUST_CHECK;
/* The same for a statement that finds what it is about or nothing: without a row DB_NONE. */
enum db_status db_run_row(struct db_pool *pool, const struct db_statement *statement, size_t count,
                          const char *const params[], struct db_result **ret_result) MUST_CHECK;

/* A step of a transaction: DB_OK commits, anything else rolls back and is returned by db_transaction(). It
 * may be run more than once (up to 5 times, on DB_RETRY), so it must not touch the response or anything
 * outside but through values it sets anew each time. */
typedef enum db_status db_transaction_fn(struct db *db, void *context);

/* BEGIN (READ COMMITTED), step, COMMIT. BEGIN travels with the first statement, so a transaction of n
 * statements costs n + 1 round trips and one without statements none. After a statement failed the step must
 * return an error; DB_OK is then turned into that failure. A connection lost before COMMIT was sent is
 * replaced and the step run again once; lost during COMMIT the outcome is unknown and DB_UNAVAILABLE is
 * returned: operations that matter carry an idempotency key. */
enum db_status db_transaction(struct db_pool *pool, db_transaction_fn *step, void *context) MUST_CHECK;

/* Run a statement inside a transaction, as db_run() and db_run_row() do outside. */
enum db_status db_query(struct db *db, const struct db_statement *statement, size_t count,
                        const char *const params[], struct db_result **ret_result) MUST_CHECK;
enum db_status db_query_row(struct db *db, const struct db_statement *statement, size_t count,
                            const char *const params[], struct db_result **ret_result) MUST_CHECK;

/* True when the database answers `SELECT 1` within wait_ms. */
bool db_ready(struct db_pool *pool) MUST_CHECK;

void db_result_free(struct db_result *result);
DEFINE_CLEANUP(struct db_result *, db_result_free)

size_t db_rows(const struct db_result *result);
/* True when both have the same rows, text for text; both are of one statement. */
bool db_same(const struct db_result *one, const struct db_result *other) MUST_CHECK;
/* Values of row and column, both from 0. Text lives as long as the result; NULL for SQL NULL. Numbers: 0 for
 * SQL NULL. */
const char *db_text(const struct db_result *result, size_t row, size_t column);
/* The same text, kept in the arena: it outlives the result. */
const char *db_copy(struct arena *arena, const struct db_result *result, size_t row, size_t column);
int64_t db_int(const struct db_result *result, size_t row, size_t column);
bool db_bool(const struct db_result *result, size_t row, size_t column);

/* A PostgreSQL array literal, every element quoted (manual §8.15.2), a NULL as SQL NULL; lives in the arena.
 */
const char *db_array(struct arena *arena, size_t count, const char *const items[]);
/* The elements of a one-dimensional text array literal as PostgreSQL prints it; lives in the arena; an SQL
 * NULL among them is NULL. NULL on malformed input (also nested arrays and explicit bounds). */
const char **db_array_items(struct arena *arena, const char *literal, size_t *ret_count);
/* A number as text in the arena. */
const char *db_number(struct arena *arena, int64_t number);

#endif
