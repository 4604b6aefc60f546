/* shows_db.c: shows in the database. */
#include "fcgi/events/shows_db.h"
#include "common/cleanup.h"
#include <string.h>

/* The table's alias is s. */
#define SHOW_COLUMNS                                                                                         \
    "s.id, s.event_id, rfc3339(s.starts_at), rfc3339(s.ends_at), rfc3339(s.sales_start_at),"                 \
    " rfc3339(s.sales_end_at), s.seatmap_id, s.seatmap_version, s.currency, s.price_tiers,"                  \
    " coalesce(s.sales_start_at, '-infinity') <= now()"                                                      \
    "  AND now() < coalesce(s.sales_end_at, s.ends_at, s.starts_at)"                                         \
    "  AND EXISTS (SELECT FROM events p WHERE p.id = s.event_id AND p.published),"                           \
    " rfc3339(s.created_at), rfc3339(s.updated_at), rfc3339(s.admission_start_at),"                          \
    " rfc3339(s.admission_end_at), s.reentry, s.updated_at, s.starts_at, s.outside_refund"

enum show_column {
    ID,
    EVENT_ID,
    STARTS_AT,
    ENDS_AT,
    SALES_START_AT,
    SALES_END_AT,
    SEATMAP_ID,
    SEATMAP_VERSION,
    CURRENCY,
    PRICE_TIERS,
    SALES_OPEN,
    CREATED_AT,
    UPDATED_AT,
    ADMISSION_START_AT,
    ADMISSION_END_AT,
    REENTRY,
    UPDATED_KEY,
    STARTS_KEY,
    OUTSIDE_REFUND
};

/* One row at least for an event that is there: without a show its id is null. Without $3 the shows that ended
 * more than a day ago are left out. */
static const struct db_statement LIST = {
    .name = "shows_list",
    .repeatable = true,
    .sql = "SELECT " SHOW_COLUMNS " FROM events e LEFT JOIN LATERAL ("
           "  SELECT w.* FROM shows w WHERE w.event_id = e.id AND w.deleted_at IS NULL"
           "  AND CASE WHEN $3::timestamptz IS NULL THEN coalesce(w.ends_at, w.starts_at) > now() - interval "
           "'1 day'"
           "      ELSE w.starts_at >= $3 END"
           "  AND ($4::timestamptz IS NULL OR (w.starts_at, w.id) > ($4, $5::uuid))"
           "  ORDER BY w.starts_at, w.id LIMIT $6::bigint) s ON true"
           " WHERE e.id = $1::uuid AND e.deleted_at IS NULL AND (e.published OR $2::boolean)"
           " ORDER BY s.starts_at, s.id",
};

static const struct db_statement GET = {
    .name = "shows_get",
    .repeatable = true,
    .sql = "SELECT " SHOW_COLUMNS " FROM shows s JOIN events e ON e.id = s.event_id"
           " WHERE s.id = $1::uuid AND s.deleted_at IS NULL AND e.deleted_at IS NULL"
           " AND (e.published OR $2::boolean)",
};

/* What the seats of a show are made of. */
static const struct db_statement GET_MAP = {
    .name = "shows_get_map",
    .repeatable = true,
    .sql = "SELECT s.id, s.seatmap_id, s.seatmap_version, s.price_tiers FROM shows s JOIN events e ON e.id = "
           "s.event_id"
           " WHERE s.id = $1::uuid AND s.deleted_at IS NULL AND e.deleted_at IS NULL"
           " AND (e.published OR $2::boolean)",
};

enum map_column { MAP_SHOW, MAP_ID, MAP_VERSION, MAP_PRICES };

static const struct db_statement CHECK = {
    .name = "shows_check",
    .repeatable = true,
    .sql = "SELECT (SELECT max(version) FROM seatmaps WHERE id = $1),"
           " coalesce($3::timestamptz > $2::timestamptz, true),"
           " coalesce($5::timestamptz > $4::timestamptz, true),"
           " coalesce($7::timestamptz > $6::timestamptz, true),"
           " coalesce($5::timestamptz <= $3::timestamptz, true),"
           " coalesce($6::timestamptz < $3::timestamptz, true),"
           " EXISTS (SELECT FROM seat_claims c WHERE c.show_id = $8::uuid AND (c.state = 'sold'"
           "         OR c.state = 'held' AND c.expires_at > clock_timestamp()))"
           " OR EXISTS (SELECT FROM orders o WHERE o.show_id = $8::uuid AND o.status = 'pending')",
};

enum check_column {
    NEWEST_VERSION,
    ENDS_LATE_ENOUGH,
    SALES_END_LATE_ENOUGH,
    ADMISSION_END_LATE_ENOUGH,
    SALES_END_IN_TIME,
    ADMISSION_STARTS_IN_TIME,
    IN_USE
};

static const struct db_statement INSERT = {
    .name = "shows_insert",
    .sql =
        "INSERT INTO shows AS s (id, event_id, starts_at, ends_at, sales_start_at, sales_end_at,"
        " seatmap_id, seatmap_version, currency, price_tiers, admission_start_at, admission_end_at, reentry,"
        " outside_refund)"
        " SELECT $1::uuid, e.id, $3::timestamptz, $4::timestamptz, $5::timestamptz, $6::timestamptz, $7,"
        " $8::integer, $9, $10::jsonb, $11::timestamptz, $12::timestamptz, $13::boolean, $14"
        " FROM events e WHERE e.id = $2::uuid AND e.deleted_at IS NULL RETURNING " SHOW_COLUMNS,
};

static const struct db_statement UPDATE = {
    .name = "shows_update",
    .sql = "SELECT update_show($1::uuid, $2::timestamptz, $3::timestamptz, $4::timestamptz, $5::timestamptz,"
           " $6, $7::integer, $8, $9::jsonb)",
};

enum update_column { UPDATE_OUTCOME };

/* In the transaction of UPDATE, which has locked the row. */
static const struct db_statement UPDATE_ADMISSION = {
    .name = "shows_update_admission",
    .sql = "UPDATE shows SET admission_start_at = $2::timestamptz, admission_end_at = $3::timestamptz,"
           " reentry = $4::boolean, outside_refund = $5 WHERE id = $1::uuid",
};

static const struct db_statement DELETE = {
    .name = "shows_delete",
    .sql = "SELECT outcome, sold, pending FROM delete_show($1::uuid)",
};

void shows_db_read(struct arena *arena, const struct db_result *rows, size_t row,
                   struct show_record *ret_show)
{
    *ret_show = (struct show_record){
        .id = db_copy(arena, rows, row, ID),
        .event_id = db_copy(arena, rows, row, EVENT_ID),
        .starts_at = db_copy(arena, rows, row, STARTS_AT),
        .ends_at = db_copy(arena, rows, row, ENDS_AT),
        .sales_start_at = db_copy(arena, rows, row, SALES_START_AT),
        .sales_end_at = db_copy(arena, rows, row, SALES_END_AT),
        .seatmap_id = db_copy(arena, rows, row, SEATMAP_ID),
        .seatmap_version = db_int(rows, row, SEATMAP_VERSION),
        .currency = db_copy(arena, rows, row, CURRENCY),
        .price_tiers = db_copy(arena, rows, row, PRICE_TIERS),
        .sales_open = db_bool(rows, row, SALES_OPEN),
        .created_at = db_copy(arena, rows, row, CREATED_AT),
        .updated_at = db_copy(arena, rows, row, UPDATED_AT),
        .admission_start_at = db_copy(arena, rows, row, ADMISSION_START_AT),
        .admission_end_at = db_copy(arena, rows, row, ADMISSION_END_AT),
        .reentry = db_bool(rows, row, REENTRY),
        .outside_refund = db_copy(arena, rows, row, OUTSIDE_REFUND),
        .updated_key = db_copy(arena, rows, row, UPDATED_KEY),
        .starts_key = db_copy(arena, rows, row, STARTS_KEY),
    };
}

enum db_status shows_db_list(struct db_pool *pool, struct arena *arena, const struct show_filter *filter,
                             struct db_result **ret_rows)
{
    const char *params[] = {
        filter->event_id,      filter->drafts ? "true" : "false",
        filter->from,          filter->page.after_time,
        filter->page.after_id, db_number(arena, filter->page.limit + 1),
    };
    return db_run_row(pool, &LIST, ARRAY_LENGTH(params), params, ret_rows);
}

size_t shows_db_count(const struct db_result *rows)
{
    return db_text(rows, 0, ID) != NULL ? db_rows(rows) : 0;
}

enum db_status shows_db_get(struct db_pool *pool, const char *id, bool drafts, struct db_result **ret_rows)
{
    const char *params[] = {id, drafts ? "true" : "false"};
    return db_run_row(pool, &GET, ARRAY_LENGTH(params), params, ret_rows);
}

enum db_status shows_db_get_map(struct db_pool *pool, const char *id, bool drafts,
                                struct db_result **ret_rows)
{
    const char *params[] = {id, drafts ? "true" : "false"};
    return db_run_row(pool, &GET_MAP, ARRAY_LENGTH(params), params, ret_rows);
}

void shows_db_read_map(struct arena *arena, const struct db_result *rows, struct show_record *ret_show)
{
    *ret_show = (struct show_record){
        .id = db_copy(arena, rows, 0, MAP_SHOW),
        .seatmap_id = db_copy(arena, rows, 0, MAP_ID),
        .seatmap_version = db_int(rows, 0, MAP_VERSION),
        .price_tiers = db_copy(arena, rows, 0, MAP_PRICES),
    };
}

enum db_status shows_db_check(struct db_pool *pool, const char *show_id, const struct show_values *values,
                              struct show_check *ret_check)
{
    const char *params[] = {
        values->seatmap_id,   values->starts_at,          values->ends_at,          values->sales_start_at,
        values->sales_end_at, values->admission_start_at, values->admission_end_at, show_id};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run(pool, &CHECK, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    *ret_check = (struct show_check){
        .newest_version = db_int(result, 0, NEWEST_VERSION),
        .ends_late_enough = db_bool(result, 0, ENDS_LATE_ENOUGH),
        .sales_end_late_enough = db_bool(result, 0, SALES_END_LATE_ENOUGH),
        .admission_end_late_enough = db_bool(result, 0, ADMISSION_END_LATE_ENOUGH),
        .sales_end_in_time = db_bool(result, 0, SALES_END_IN_TIME),
        .admission_starts_in_time = db_bool(result, 0, ADMISSION_STARTS_IN_TIME),
        .in_use = db_bool(result, 0, IN_USE),
    };
    return DB_OK;
}

enum db_status shows_db_insert(struct db *db, struct arena *arena, const char *id, const char *event_id,
                               int64_t seatmap_version, const struct show_values *values,
                               struct show_record *ret_show)
{
    const char *params[] = {id,
                            event_id,
                            values->starts_at,
                            values->ends_at,
                            values->sales_start_at,
                            values->sales_end_at,
                            values->seatmap_id,
                            db_number(arena, seatmap_version),
                            values->currency,
                            values->price_tiers,
                            values->admission_start_at,
                            values->admission_end_at,
                            values->reentry ? "true" : "false",
                            values->outside_refund};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_query_row(db, &INSERT, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        shows_db_read(arena, result, 0, ret_show);
    }
    return status;
}

static enum db_status update_outcome(const char *outcome, enum show_update *ret_update)
{
    static const char *const names[] = {
        [SHOW_UPDATED] = "updated",
        [SHOW_MISSING] = "not_found",
        [SHOW_CLAIMED] = "has_claims",
        [SHOW_NO_SEATMAP] = "seatmap_not_found",
    };
    for (size_t i = 0; outcome != NULL && i < ARRAY_LENGTH(names); i++) {
        if (strcmp(outcome, names[i]) == 0) {
            *ret_update = (enum show_update)i;
            return DB_OK;
        }
    }
    return DB_FAILED; /* schema and program do not belong together */
}

struct update_step {
    const struct edit *edit;
    const char *version; /* of the seat map */
    const struct show_values *values;
    enum show_update *update;
};

static enum db_status write_show(struct db *db, const struct update_step *step)
{
    const struct show_values *values = step->values;
    const char *params[] = {
        step->edit->id,     values->starts_at, values->ends_at,  values->sales_start_at, values->sales_end_at,
        values->seatmap_id, step->version,     values->currency, values->price_tiers,
    };
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_query(db, &UPDATE, ARRAY_LENGTH(params), params, &result);
    return status == DB_OK ? update_outcome(db_text(result, 0, UPDATE_OUTCOME), step->update) : status;
}

static enum db_status write_admission(struct db *db, const struct update_step *step)
{
    const struct show_values *values = step->values;
    const char *params[] = {step->edit->id, values->admission_start_at, values->admission_end_at,
                            values->reentry ? "true" : "false", values->outside_refund};
    CLEANUP(db_result_free) struct db_result *none = NULL;
    return db_query(db, &UPDATE_ADMISSION, ARRAY_LENGTH(params), params, &none);
}

/* db_transaction_fn */
static enum db_status update_step(struct db *db, void *context)
{
    const struct update_step *step = context;
    bool fresh = false;
    *step->update = SHOW_STALE;
    enum db_status status = edit_begin(db, step->edit, &fresh);
    if (status != DB_OK || !fresh) {
        return status;
    }
    status = write_show(db, step);
    return status == DB_OK && *step->update == SHOW_UPDATED ? write_admission(db, step) : status;
}

enum db_status shows_db_update(struct db_pool *pool, const struct edit *edit, int64_t seatmap_version,
                               const struct show_values *values, enum show_update *ret_update)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct update_step step = {edit, db_number(arena, seatmap_version), values, ret_update};
    return db_transaction(pool, update_step, &step);
}

enum db_status shows_db_delete(struct db_pool *pool, const struct edit *edit, struct deletion *ret_deletion)
{
    return edit_delete(pool, &DELETE, edit, ret_deletion);
}
