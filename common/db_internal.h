/* db_internal.h: what the db*.c files share; nobody else includes it.
 *
 * db_pool.c lends connections, db_connection.c opens, checks and closes one, db_exchange.c does one round
 * trip, db.c repeats. */
#ifndef TICKETING_DB_INTERNAL_H
#define TICKETING_DB_INTERNAL_H

#include "common/db.h"
#include <libpq-fe.h>
#include <pthread.h>

/* What is known about the work of a connection that can no longer be used. */
enum db_loss {
    DB_LOSS_NONE,       /* the connection is fine */
    DB_LOSS_UNEXECUTED, /* lost, and the server said that the statement was not run */
    DB_LOSS_UNKNOWN,    /* lost; a statement outside a transaction may have been committed */
    DB_LOSS_FINAL, /* given up; the outcome is unknown and the work must not be repeated: no answer came in
                      time, COMMIT was under way, or a standby may lack what was committed */
};

/* The names prepared on a connection: open addressing, the capacity is a power of two. */
struct db_names {
    const char **slots;
    size_t capacity;
    size_t used;
};

struct db {
    struct db_pool *pool;
    PGconn *connection;
    struct db_names prepared;
    enum db_loss loss;
    bool in_transaction;    /* lent to db_transaction() */
    bool begun;             /* BEGIN has been sent */
    bool unreplicated;      /* in this exchange the server stopped waiting for its synchronous standby */
    enum db_status failure; /* the first failure inside the transaction; DB_OK: none */
};

struct db_pool {
    char *url;
    char *application_name;
    int wait_ms;
    int statement_timeout_ms;
    bool pooled;
    bool generic_plans;
    struct metrics *metrics;
    size_t limit; /* connections at the most */

    pthread_mutex_t mutex;
    pthread_cond_t returned; /* a connection came back or one more may be opened */
    struct db **idle;        /* the last one returned is lent first */
    size_t idle_count;
    size_t open_count;      /* idle, lent and being opened */
    int64_t next_report_us; /* failures to connect are logged once a second */
};

struct db_result {
    PGresult *rows;
};

/* Milliseconds left until `deadline_us` (of clock_monotonic_us()), at least 0, rounded up. */
int db_remaining_ms(int64_t deadline_us);

/* Lends a connection to the calling thread, opening one when none is idle. `fresh`: it must be a new one,
 * because the last one broke. DB_UNAVAILABLE when none could be had before the deadline or the server
 * refused. */
enum db_status db_acquire(struct db_pool *pool, int64_t deadline_us, bool fresh,
                          struct db **ret_db) MUST_CHECK;
/* Gives it back; a lost one, or one inside a transaction, is closed. */
void db_release(struct db *db);

/* Opens and sets up a connection; NULL when that failed, and `*ret_reason` (free with free()) says why. */
struct db *db_connect(struct db_pool *pool, char **ret_reason) MUST_CHECK;
void db_disconnect(struct db *db);
/* False when the server closed an idle connection (or said anything at all, which an idle one only does to
 * say goodbye). */
bool db_is_quiet(const struct db *db) MUST_CHECK;

bool db_names_has(const struct db_names *names, const char *name) MUST_CHECK;
/* `name` must outlive the set. */
void db_names_add(struct db_names *names, const char *name);

/* One round trip: BEGIN (when due), preparation (when new) and the statement. A statement without a name is
 * not prepared. Sets db->loss. The server has `timeout_ms` to answer (0: no bound). `*ret_rows` is set on
 * DB_OK only; the caller clears it. */
enum db_status db_exchange(struct db *db, const struct db_statement *statement, size_t count,
                           const char *const params[], int timeout_ms, PGresult **ret_rows) MUST_CHECK;
/* How long db_exchange() may wait for a statement of this pool: its statement_timeout and some time for the
 * way. */
int db_patience_ms(const struct db_pool *pool);
/* The session's limits as one statement; $1 lock_timeout, $2 statement_timeout, $3 'true': until the
 * transaction ends; $4 plan_cache_mode. */
extern const struct db_statement db_limits_statement;
enum { DB_LIMITS_PARAMS = 4, DB_NUMBER_SIZE = 24 };
/* Fills the parameters of db_limits_statement; `text` is room for the numbers. */
void db_limits_params(const struct db_pool *pool, bool local, char text[static DB_NUMBER_SIZE],
                      const char *ret_params[static DB_LIMITS_PARAMS]);

#endif
