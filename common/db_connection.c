/* db_connection.c: one connection of the pool: opened, prepared, given up. */
#include "common/db_internal.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

/* Below PostgreSQL's deadlock_timeout (1 s), so that a transaction in a tangle of locks is run again before
 * the server looks for deadlocks. */
#define LOCK_TIMEOUT "900ms"

const struct db_statement db_limits_statement = {
    .sql = "SELECT set_config('lock_timeout', $1, $3::boolean), set_config('statement_timeout', $2, "
           "$3::boolean),"
           " set_config('idle_in_transaction_session_timeout', '30s', $3::boolean),"
           " set_config('TimeZone', 'UTC', $3::boolean), set_config('DateStyle', 'ISO', $3::boolean),"
           " set_config('jit', 'off', $3::boolean), set_config('plan_cache_mode', $4, $3::boolean)",
    .repeatable = true,
};

void db_limits_params(const struct db_pool *pool, bool local, char text[static DB_NUMBER_SIZE],
                      const char *ret_params[static DB_LIMITS_PARAMS])
{
    snprintf(text, DB_NUMBER_SIZE, "%d", pool->statement_timeout_ms);
    ret_params[0] = LOCK_TIMEOUT;
    ret_params[1] = text;
    ret_params[2] = local ? "true" : "false";
    ret_params[3] = pool->generic_plans ? "force_generic_plan" : "auto";
}

/* Warnings of the server are no use to a client, and libpq would print them on standard error. All but one:
 * when the wait of a COMMIT for its synchronous standby is cancelled, the server answers with success and
 * warns that the standby may not have it. Its text is translated, its SQLSTATE is any warning's or 57P01 when
 * the session ends; the function that tells is neither (src/backend/replication/syncrep.c). */
static void take_notice(void *context, const PGresult *notice)
{
    struct db *db = context;
    const char *function = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    if (function != NULL && strcmp(function, "SyncRepWaitForLSN") == 0) {
        db->unreplicated = true;
    }
}

static PGconn *open_connection(const struct db_pool *pool)
{
    /* What stands before dbname is a default that the URL may change, what stands after it is fixed. */
    const char *const keywords[] = {
        "connect_timeout",  "keepalives", "keepalives_idle",  "keepalives_interval", "keepalives_count",
        "tcp_user_timeout", "dbname",     "application_name", "client_encoding",     NULL};
    const char *const values[] = {"2",    "1", "10", "3", "3", "5000", pool->url, pool->application_name,
                                  "UTF8", NULL};
    return PQconnectdbParams(keywords, values, 1);
}

struct db *db_connect(struct db_pool *pool, char **ret_reason)
{
    struct db *db = memory_new(1, sizeof *db);
    db->pool = pool;
    db->connection = open_connection(pool);
    if (PQstatus(db->connection) != CONNECTION_OK) {
        *ret_reason = memory_text(PQerrorMessage(db->connection));
        db_disconnect(db);
        return NULL;
    }
    PQsetNoticeReceiver(db->connection, take_notice, db);
    if (pool->pooled) {
        return db; /* nothing of the session is ours: the limits travel with each transaction */
    }
    char number[DB_NUMBER_SIZE];
    const char *params[DB_LIMITS_PARAMS];
    db_limits_params(pool, false, number, params);
    PGresult *rows = NULL;
    if (db_exchange(db, &db_limits_statement, DB_LIMITS_PARAMS, params, db_patience_ms(pool), &rows) !=
        DB_OK) {
        *ret_reason = memory_text("the server refused the session's settings");
        db_disconnect(db);
        return NULL;
    }
    PQclear(rows);
    return db;
}

void db_disconnect(struct db *db)
{
    if (db == NULL) {
        return;
    }
    PQfinish(db->connection);
    free(db->prepared.slots);
    free(db);
}

bool db_is_quiet(const struct db *db)
{
    if (PQstatus(db->connection) != CONNECTION_OK) {
        return false;
    }
    struct pollfd socket = {.fd = PQsocket(db->connection), .events = POLLIN};
    return poll(&socket, 1, 0) == 0;
}

static size_t name_hash(const char *name)
{
    size_t hash = 14695981039346656037u; /* FNV-1a, 64 bits */
    for (const unsigned char *byte = (const unsigned char *)name; *byte != '\0'; byte++) {
        hash = (hash ^ *byte) * 1099511628211u;
    }
    return hash;
}

/* The slot that holds `name`, or the empty one where it belongs. */
static size_t name_slot(const struct db_names *names, const char *name)
{
    size_t slot = name_hash(name) & (names->capacity - 1);
    while (names->slots[slot] != NULL && strcmp(names->slots[slot], name) != 0) {
        slot = (slot + 1) & (names->capacity - 1);
    }
    return slot;
}

bool db_names_has(const struct db_names *names, const char *name)
{
    return names->capacity > 0 && names->slots[name_slot(names, name)] != NULL;
}

static void names_grow(struct db_names *names)
{
    struct db_names larger = {.capacity = names->capacity == 0 ? 32 : names->capacity * 2,
                              .used = names->used};
    larger.slots = memory_new(larger.capacity, sizeof *larger.slots);
    for (size_t i = 0; i < names->capacity; i++) {
        if (names->slots[i] != NULL) {
            larger.slots[name_slot(&larger, names->slots[i])] = names->slots[i];
        }
    }
    free(names->slots);
    *names = larger;
}

void db_names_add(struct db_names *names, const char *name)
{
    if (names->used * 2 >= names->capacity) {
        names_grow(names);
    }
    const size_t slot = name_slot(names, name);
    if (names->slots[slot] == NULL) {
        names->slots[slot] = name;
        names->used++;
    }
}
