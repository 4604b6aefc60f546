/* checkin_db.c: scans in the database. */
#include "fcgi/checkout/gates/checkin_db.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* $1 who scans, $2 the scans as JSON */
static const struct db_statement record_statement = {
    .name = "checkin_record",
    .sql =
        "SELECT outcome, code, ticket_id, show_id, seat_id, direction, scan_id, gate, at, received_at, "
        "reentry, "
        "replayed, earlier_scan_id, earlier_gate, earlier_direction, earlier_at, earlier_received_at, flag "
        "FROM record_scans($1::uuid, $2::json) ORDER BY n",
};

enum scan_column {
    SCAN_COLUMN_OUTCOME,
    SCAN_COLUMN_CODE,
    SCAN_COLUMN_TICKET_ID,
    SCAN_COLUMN_SHOW_ID,
    SCAN_COLUMN_SEAT_ID,
    SCAN_COLUMN_DIRECTION,
    SCAN_COLUMN_SCAN_ID,
    SCAN_COLUMN_GATE,
    SCAN_COLUMN_AT,
    SCAN_COLUMN_RECEIVED_AT,
    SCAN_COLUMN_REENTRY,
    SCAN_COLUMN_REPLAYED,
    SCAN_COLUMN_EARLIER_SCAN_ID,
    SCAN_COLUMN_EARLIER_GATE,
    SCAN_COLUMN_EARLIER_DIRECTION,
    SCAN_COLUMN_EARLIER_AT,
    SCAN_COLUMN_EARLIER_RECEIVED_AT,
    SCAN_COLUMN_FLAG,
};

/* $1 ticket, $2 who undoes it */
static const struct db_statement undo_statement = {
    .name = "checkin_undo",
    .sql = "SELECT undo_checkin($1::uuid, $2::uuid)",
};

enum undo_column { UNDO_OUTCOME };

/* $1 show. Entries that were undone do not count. */
static const struct db_statement totals_statement = {
    .name = "checkin_totals_read",
    .repeatable = true,
    .sql = "WITH zones AS (SELECT zone, coalesce(max(zone_name), zone) AS name, min(place) AS place, "
           "count(*) FILTER (WHERE status <> 'void') AS tickets, "
           "count(*) FILTER (WHERE status = 'checked_in') AS checked_in, "
           "count(*) FILTER (WHERE inside) AS inside FROM tickets "
           "WHERE show_id = $1::uuid AND (status IN ('valid', 'checked_in') OR inside) GROUP BY zone), "
           "gates AS (SELECT gate, "
           "count(*) FILTER (WHERE outcome = 'accepted' AND direction = 'in') "
           "- count(*) FILTER (WHERE outcome = 'undone') AS entries, "
           "count(*) FILTER (WHERE outcome = 'accepted' AND direction = 'out') AS exits, "
           "count(*) FILTER (WHERE outcome = 'duplicate') AS duplicates, "
           "count(*) FILTER (WHERE outcome = 'refused') AS refused FROM checkins WHERE show_id = $1::uuid "
           "GROUP BY gate) "
           "SELECT json_build_object('showId', s.id, "
           "'tickets', (SELECT coalesce(sum(tickets), 0) FROM zones), "
           "'checkedIn', (SELECT coalesce(sum(checked_in), 0) FROM zones), "
           "'inside', (SELECT coalesce(sum(inside), 0) FROM zones), "
           "'gates', (SELECT coalesce(json_agg(json_build_object('gate', gate, 'entries', entries, 'exits', "
           "exits, "
           "'duplicates', duplicates, 'refused', refused) ORDER BY gate), '[]') FROM gates), "
           "'zones', (SELECT coalesce(json_agg(json_build_object('zone', zone, 'zoneName', name, 'tickets', "
           "tickets, "
           "'checkedIn', checked_in, 'inside', inside) ORDER BY place, zone), '[]') FROM zones)) "
           "FROM shows s WHERE s.id = $1::uuid",
};

enum totals_column { TOTALS_JSON };

/* One element of record_scans()' array. */
static json_t *scan_json(size_t position, const struct scan *scan)
{
    char id[UUID_SIZE];
    uuid_new(id);
    json_t *json = json_pack("{s:I, s:s, s:s*, s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "n",
                             (json_int_t)position, "id", id, "scan", scan->scan_id, "direction",
                             scan->direction == NULL ? "in" : scan->direction, "gate", scan->gate, "show",
                             scan->show_id, "scanned_at", scan->scanned_at, "sent_at", scan->sent_at,
                             "digest", scan->digest, "ticket", scan->ticket_id, "problem", scan->problem);
    if (scan->digest != NULL && scan->ticket_id != NULL) {
        json_object_set_new(json, "revision", json_integer((json_int_t)scan->qr.revision));
        json_object_set_new(json, "signed_show", json_string(scan->qr.show_id));
        json_object_set_new(json, "signed_seat", json_string(scan->qr.seat));
    }
    return json;
}

static bool outcome_from_name(const char *name, enum scan_outcome *ret_outcome)
{
    static const char *const names[] = {
        [SCAN_ACCEPTED] = "accepted", [SCAN_DUPLICATE] = "duplicate", [SCAN_REFUSED] = "refused"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_outcome = (enum scan_outcome)i;
            return true;
        }
    }
    return false;
}

static struct scan_answer read_answer(struct arena *arena, const struct db_result *rows, size_t row)
{
    return (struct scan_answer){
        .code = db_copy(arena, rows, row, SCAN_COLUMN_CODE),
        .ticket_id = db_copy(arena, rows, row, SCAN_COLUMN_TICKET_ID),
        .show_id = db_copy(arena, rows, row, SCAN_COLUMN_SHOW_ID),
        .seat_id = db_copy(arena, rows, row, SCAN_COLUMN_SEAT_ID),
        .direction = db_copy(arena, rows, row, SCAN_COLUMN_DIRECTION),
        .scan_id = db_copy(arena, rows, row, SCAN_COLUMN_SCAN_ID),
        .gate = db_copy(arena, rows, row, SCAN_COLUMN_GATE),
        .at = db_copy(arena, rows, row, SCAN_COLUMN_AT),
        .received_at = db_copy(arena, rows, row, SCAN_COLUMN_RECEIVED_AT),
        .reentry = db_bool(rows, row, SCAN_COLUMN_REENTRY),
        .replayed = db_bool(rows, row, SCAN_COLUMN_REPLAYED),
        .flag = db_copy(arena, rows, row, SCAN_COLUMN_FLAG),
        .earlier =
            {
                .scan_id = db_copy(arena, rows, row, SCAN_COLUMN_EARLIER_SCAN_ID),
                .gate = db_copy(arena, rows, row, SCAN_COLUMN_EARLIER_GATE),
                .direction = db_copy(arena, rows, row, SCAN_COLUMN_EARLIER_DIRECTION),
                .at = db_copy(arena, rows, row, SCAN_COLUMN_EARLIER_AT),
                .received_at = db_copy(arena, rows, row, SCAN_COLUMN_EARLIER_RECEIVED_AT),
            },
    };
}

enum db_status checkin_db_record(struct db_pool *pool, struct arena *arena, const char *by_user, size_t count,
                                 const struct scan scans[], struct scan_answer ret_answers[])
{
    assert(count <= SCANS_PER_CALL);
    json_auto_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, scan_json(i, &scans[i]));
    }
    CLEANUP(free) char *text = json_dumps(array, JSON_COMPACT);
    if (text == NULL) {
        return DB_FAILED;
    }
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &record_statement, 2, (const char *const[]){by_user, text}, &rows);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(rows) != count) {
        return DB_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        ret_answers[i] = read_answer(arena, rows, i);
        if (!outcome_from_name(db_text(rows, i, SCAN_COLUMN_OUTCOME), &ret_answers[i].outcome)) {
            return DB_FAILED;
        }
    }
    return DB_OK;
}

enum db_status checkin_db_undo(struct db_pool *pool, const char *ticket_id, const char *by_user,
                               enum undo_outcome *ret_outcome)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status =
        db_run(pool, &undo_statement, 2, (const char *const[]){ticket_id, by_user}, &rows);
    if (status != DB_OK) {
        return status;
    }
    static const char *const names[] = {
        [UNDO_DONE] = "undone", [UNDO_NOT_CHECKED_IN] = "not_checked_in", [UNDO_NO_TICKET] = "not_found"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (strcmp(names[i], db_text(rows, 0, UNDO_OUTCOME)) == 0) {
            *ret_outcome = (enum undo_outcome)i;
            return DB_OK;
        }
    }
    return DB_FAILED;
}

enum db_status checkin_db_totals(struct db_pool *pool, const char *show_id, json_t **ret_totals)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &totals_statement, 1, (const char *const[]){show_id}, &rows);
    if (status != DB_OK) {
        return status;
    }
    json_t *totals = json_loads(db_text(rows, 0, TOTALS_JSON), 0, NULL);
    if (totals == NULL) {
        return DB_FAILED;
    }
    *ret_totals = totals;
    return DB_OK;
}
