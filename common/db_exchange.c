/* One round trip: everything a statement needs is sent in libpq's pipeline mode (manual §34.5) and ends with
 * one Sync. Outside an explicit transaction the server commits at that Sync, so nothing has succeeded before
 * its answer has been read. */
#include "common/db_internal.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/turn.h"
#include <assert.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

enum { PATIENCE_MARGIN_MS = 2000 };

/* What was sent, by the position of its answer; -1: not sent. */
struct sent {
    int count;
    int preparation;
    int statement;
};

struct answer {
    PGresult *rows;    /* of the statement itself */
    PGresult *failure; /* the first error */
    bool synchronized; /* the server is ready for the next exchange */
    bool timed_out;
};

struct sqlstate {
    const char *prefix; /* the whole code or its class */
    enum db_status status;
};

static const struct sqlstate sqlstates[] = {
    {"23505", DB_CONFLICT},    /* unique_violation */
    {"23P01", DB_CONFLICT},    /* exclusion_violation */
    {"40001", DB_RETRY},       /* serialization_failure */
    {"40P01", DB_RETRY},       /* deadlock_detected */
    {"55P03", DB_RETRY},       /* lock_not_available: lock_timeout */
    {"57014", DB_UNAVAILABLE}, /* query_canceled: statement_timeout */
    {"57P", DB_UNAVAILABLE},   /* the server shuts down or starts */
    {"25006", DB_UNAVAILABLE}, /* read_only_sql_transaction: this server is no longer the primary */
    {"08", DB_UNAVAILABLE},    /* connection exceptions, also PgBouncer's */
    {"53", DB_UNAVAILABLE},    /* out of disk, memory, connections */
    {"22", DB_INVALID},        /* data exceptions */
    {"23", DB_INVALID},        /* the other constraints */
};

static enum db_status status_of(const char *sqlstate)
{
    for (size_t i = 0; i < ARRAY_LENGTH(sqlstates); i++) {
        if (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) == 0) {
            return sqlstates[i].status;
        }
    }
    return DB_FAILED;
}

/* The SQLSTATE of an error; "" when it is libpq's own: the connection broke. */
static const char *sqlstate_of(const PGresult *failure)
{
    const char *sqlstate = failure == NULL ? NULL : PQresultErrorField(failure, PG_DIAG_SQLSTATE);
    return sqlstate == NULL ? "" : sqlstate;
}

int db_patience_ms(const struct db_pool *pool)
{
    return pool->statement_timeout_ms == 0 ? 0 : pool->statement_timeout_ms + PATIENCE_MARGIN_MS;
}

static bool send_plain(PGconn *connection, const char *sql, size_t count, const char *const params[])
{
    return PQsendQueryParams(connection, sql, (int)count, NULL, params, NULL, NULL, 0) == 1;
}

/* BEGIN, and the limits where no session keeps them. */
static bool send_prelude(struct db *db, struct sent *sent)
{
    const bool begins = db->in_transaction && !db->begun;
    if (begins) {
        if (!send_plain(db->connection, "BEGIN ISOLATION LEVEL READ COMMITTED", 0, NULL)) {
            return false;
        }
        db->begun = true;
        sent->count++;
    }
    if (db->pool->pooled && (begins || !db->in_transaction)) {
        char number[DB_NUMBER_SIZE];
        const char *params[DB_LIMITS_PARAMS];
        db_limits_params(db->pool, true, number, params);
        if (!send_plain(db->connection, db_limits_statement.sql, DB_LIMITS_PARAMS, params)) {
            return false;
        }
        sent->count++;
    }
    return true;
}

static bool send_statement(struct db *db, const struct db_statement *statement, size_t count,
                           const char *const params[], struct sent *sent)
{
    if (statement->name == NULL || db->pool->pooled) {
        sent->statement = sent->count++;
        return send_plain(db->connection, statement->sql, count, params);
    }
    if (!db_names_has(&db->prepared, statement->name)) {
        if (PQsendPrepare(db->connection, statement->name, statement->sql, 0, NULL) != 1) {
            return false;
        }
        sent->preparation = sent->count++;
    }
    sent->statement = sent->count++;
    return PQsendQueryPrepared(db->connection, statement->name, (int)count, params, NULL, NULL, 0) == 1;
}

/* Waits until PQgetResult() would not block. False at the deadline. The reading is handed over only now,
 * after the statement was sent, because waking another thread takes time. It is not handed over at all when
 * the answer comes within the thread's patience (turn.h). */
static bool wait_for_answer(PGconn *connection, int64_t deadline_us)
{
    while (PQisBusy(connection)) {
        struct pollfd socket = {.fd = PQsocket(connection), .events = POLLIN};
        const int left_ms = deadline_us == INT64_MAX ? -1 : db_remaining_ms(deadline_us);
        const int patience_ms = turn_patience_ms();
        const bool patient = patience_ms > 0 && (left_ms < 0 || patience_ms < left_ms);
        if (!patient) {
            turn_will_wait();
        }
        const int ready = poll(&socket, 1, patient ? patience_ms : left_ms);
        if (ready == 0 && !patient) {
            return false;
        }
        if (ready > 0 && !PQconsumeInput(connection)) {
            return true; /* broken: PQgetResult() tells */
        }
    }
    return true;
}

/* Keeps or clears one result. */
static void take_result(struct db *db, const struct db_statement *statement, const struct sent *sent,
                        int position, PGresult *result, struct answer *answer)
{
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK && position == sent->preparation) {
        db_names_add(&db->prepared, statement->name);
    }
    if ((status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) && position == sent->statement) {
        answer->rows = result;
    } else if (status == PGRES_FATAL_ERROR && answer->failure == NULL) {
        answer->failure = result;
    } else {
        PQclear(result);
    }
}

static void receive(struct db *db, const struct db_statement *statement, const struct sent *sent,
                    int timeout_ms, struct answer *answer)
{
    const int64_t deadline_us =
        timeout_ms == 0 ? INT64_MAX : clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    int position = 0;
    while (!answer->synchronized) {
        if (!wait_for_answer(db->connection, deadline_us)) {
            answer->timed_out = true;
            return;
        }
        PGresult *result = PQgetResult(db->connection);
        if (result != NULL && PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            answer->synchronized = true;
        } else if (result != NULL) {
            take_result(db, statement, sent, position++, result, answer);
        }
        if (PQstatus(db->connection) != CONNECTION_OK) {
            return;
        }
    }
}

/* What is left of the connection after an exchange. */
static enum db_loss judge_loss(const struct sent *sent, const struct answer *answer, bool unreplicated)
{
    if (answer->timed_out || unreplicated) {
        return DB_LOSS_FINAL;
    }
    const char *sqlstate = sqlstate_of(answer->failure);
    if (!answer->synchronized) {
        /* The server answered admin_shutdown instead of the statement's result: the transaction was rolled
         * back before it could commit. */
        return answer->rows == NULL && strcmp(sqlstate, "57P01") == 0 ? DB_LOSS_UNEXECUTED : DB_LOSS_UNKNOWN;
    }
    /* A prepared statement that the server forgot, or whose result type a migration changed, needs a new
     * session. So does a server that has become a replica. In each of these cases the statement did not run.
     */
    const bool prepared_earlier = sent->preparation < 0;
    if (strcmp(sqlstate, "26000") == 0 || strcmp(sqlstate, "25006") == 0 ||
        (prepared_earlier && strcmp(sqlstate, "0A000") == 0)) {
        return DB_LOSS_UNEXECUTED;
    }
    return DB_LOSS_NONE;
}

/* Logs an unexpected failure in one line, without the server's message, which may quote parameters. Messages
 * about the SQL itself (class 42) do not, so they are logged. */
static void report(const struct db *db, const struct db_statement *statement, const struct answer *answer,
                   enum db_status status)
{
    const char *name = statement->name == NULL ? statement->sql : statement->name;
    const char *sqlstate = sqlstate_of(answer->failure);
    if (db->unreplicated) {
        log_message(LOG_LEVEL_ERROR, "database_unreplicated", "no standby is known to have statement %s",
                    name);
    } else if (answer->timed_out) {
        log_message(LOG_LEVEL_ERROR, "database_timeout", "no answer in time to statement %s", name);
    } else if (*sqlstate == '\0') {
        log_message(LOG_LEVEL_WARN, "database_connection_lost", "during statement %s", name);
    } else if (status != DB_CONFLICT && status != DB_RETRY) {
        const char *constraint = PQresultErrorField(answer->failure, PG_DIAG_CONSTRAINT_NAME);
        const char *message = strncmp(sqlstate, "42", 2) == 0
                                  ? PQresultErrorField(answer->failure, PG_DIAG_MESSAGE_PRIMARY)
                                  : NULL;
        log_event(status == DB_FAILED ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, "database_error",
                  json_pack("{s:s, s:s, s:s*, s:s*}", "sqlstate", sqlstate, "statement", name, "constraint",
                            constraint, "message", message));
    }
}

static enum db_status conclude(struct db *db, const struct db_statement *statement, const struct sent *sent,
                               struct answer *answer, PGresult **ret_rows)
{
    db->loss = judge_loss(sent, answer, db->unreplicated);
    if (db->loss == DB_LOSS_NONE && answer->failure == NULL && answer->rows != NULL) {
        *ret_rows = answer->rows;
        return DB_OK;
    }
    enum db_status status =
        db->loss != DB_LOSS_NONE ? DB_UNAVAILABLE : status_of(sqlstate_of(answer->failure));
    report(db, statement, answer, status);
    PQclear(answer->rows);
    PQclear(answer->failure);
    if (db->in_transaction && db->failure == DB_OK) {
        db->failure = status;
    }
    return status;
}

enum db_status db_exchange(struct db *db, const struct db_statement *statement, size_t count,
                           const char *const params[], int timeout_ms, PGresult **ret_rows)
{
    assert(count <= INT_MAX);
    struct sent sent = {.preparation = -1, .statement = -1};
    struct answer answer = {0};
    db->unreplicated = false;
    if (PQenterPipelineMode(db->connection) == 1 && send_prelude(db, &sent) &&
        send_statement(db, statement, count, params, &sent) && PQpipelineSync(db->connection) == 1) {
        receive(db, statement, &sent, timeout_ms, &answer);
    }
    if (answer.synchronized && PQexitPipelineMode(db->connection) != 1) {
        answer.synchronized = false;
    }
    return conclude(db, statement, &sent, &answer, ret_rows);
}
