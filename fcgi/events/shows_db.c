/* shows_db.c: shows in the database. */
#include "fcgi/events/shows_db.h"
#include "common/cleanup.h"
#include <string.h>

/* Columns of struct show_record, in its order; the table's alias is s. */
#define SHOW_COLUMNS                                                                                         \
    "s.id, s.event_id, rfc3339(s.starts_at), rfc3339(s.ends_at), rfc3339(s.sales_start_at),"                 \
    " rfc3339(s.sales_end_at), s.seatmap_id, s.seatmap_version, s.currency, s.price_tiers,"                  \
    " coalesce(s.sales_start_at, '-infinity') <= now()"                                                      \
    "  AND now() < coalesce(s.sales_end_at, s.ends_at, s.starts_at)"                                         \
    "  AND EXISTS (SELECT FROM events p WHERE p.id = s.event_id AND p.published),"                           \
    " rfc3339(s.created_at), rfc3339(s.updated_at), rfc3339(s.admission_start_at),"                          \
    " rfc3339(s.admission_end_at), s.reentry"

static const struct db_statement LIST = {
    .name = "shows_list",
    .repeatable = true,
    .sql = "SELECT " SHOW_COLUMNS " FROM shows s WHERE s.event_id = $1::uuid AND s.deleted_at IS NULL"
           " ORDER BY s.starts_at, s.id",
};

static const struct db_statement GET = {
    .name = "shows_get",
    .repeatable = true,
    .sql = "SELECT " SHOW_COLUMNS " FROM shows s JOIN events e ON e.id = s.event_id"
           " WHERE s.id = $1::uuid AND s.deleted_at IS NULL AND e.deleted_at IS NULL"
           " AND (e.published OR $2::boolean)",
};

static const struct db_statement CHECK = {
    .name = "shows_check",
    .repeatable = true,
    .sql = "SELECT (SELECT max(version) FROM seatmaps WHERE id = $1),"
           " coalesce($3::timestamptz > $2::timestamptz, true),"
           " coalesce($5::timestamptz > $4::timestamptz, true),"
           " coalesce($7::timestamptz > $6::timestamptz, true)",
};

static const struct db_statement INSERT = {
    .name = "shows_insert",
    .sql =
        "INSERT INTO shows AS s (id, event_id, starts_at, ends_at, sales_start_at, sales_end_at,"
        " seatmap_id, seatmap_version, currency, price_tiers, admission_start_at, admission_end_at, reentry)"
        " SELECT $1::uuid, e.id, $3::timestamptz, $4::timestamptz, $5::timestamptz, $6::timestamptz, $7,"
        " $8::integer, $9, $10::jsonb, $11::timestamptz, $12::timestamptz, $13::boolean"
        " FROM events e WHERE e.id = $2::uuid AND e.deleted_at IS NULL RETURNING " SHOW_COLUMNS,
};

static const struct db_statement UPDATE = {
    .name = "shows_update",
    .sql = "SELECT update_show($1::uuid, $2::timestamptz, $3::timestamptz, $4::timestamptz, $5::timestamptz,"
           " $6, NULL, $7, $8::jsonb)",
};

/* In the transaction of UPDATE, which has locked the row. */
static const struct db_statement UPDATE_ADMISSION = {
    .name = "shows_update_admission",
    .sql = "UPDATE shows SET admission_start_at = $2::timestamptz, admission_end_at = $3::timestamptz,"
           " reentry = $4::boolean WHERE id = $1::uuid",
};

static const struct db_statement DELETE = {
    .name = "shows_delete",
    .sql = "UPDATE shows s SET deleted_at = now(), updated_at = now() FROM events e"
           " WHERE s.id = $1::uuid AND s.deleted_at IS NULL AND e.id = s.event_id AND e.deleted_at IS NULL"
           " RETURNING s.id",
};

static void read_show(struct arena *arena, const struct db_result *result, size_t row,
                      struct show_record *ret_show)
{
    *ret_show = (struct show_record){
        .id = db_copy(arena, result, row, 0),
        .event_id = db_copy(arena, result, row, 1),
        .starts_at = db_copy(arena, result, row, 2),
        .ends_at = db_copy(arena, result, row, 3),
        .sales_start_at = db_copy(arena, result, row, 4),
        .sales_end_at = db_copy(arena, result, row, 5),
        .seatmap_id = db_copy(arena, result, row, 6),
        .seatmap_version = db_int(result, row, 7),
        .currency = db_copy(arena, result, row, 8),
        .price_tiers = db_copy(arena, result, row, 9),
        .sales_open = db_bool(result, row, 10),
        .created_at = db_copy(arena, result, row, 11),
        .updated_at = db_copy(arena, result, row, 12),
        .admission_start_at = db_copy(arena, result, row, 13),
        .admission_end_at = db_copy(arena, result, row, 14),
        .reentry = db_bool(result, row, 15),
    };
}

static enum db_status run_one(struct db_pool *pool, struct arena *arena, const struct db_statement *statement,
                              size_t count, const char *const params[], struct show_record *ret_show)
{
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run_row(pool, statement, count, params, &result);
    if (status != DB_OK) {
        return status;
    }
    read_show(arena, result, 0, ret_show);
    return DB_OK;
}

enum db_status shows_db_list(struct db_pool *pool, struct arena *arena, const char *event_id,
                             struct show_list *ret_list)
{
    const char *params[] = {event_id};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run(pool, &LIST, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(result);
    struct show_record *items = arena_alloc(arena, (count + 1) * sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        read_show(arena, result, i, &items[i]);
    }
    *ret_list = (struct show_list){.count = count, .items = items};
    return DB_OK;
}

enum db_status shows_db_get(struct db_pool *pool, struct arena *arena, const char *id, bool drafts,
                            struct show_record *ret_show)
{
    const char *params[] = {id, drafts ? "true" : "false"};
    return run_one(pool, arena, &GET, ARRAY_LENGTH(params), params, ret_show);
}

enum db_status shows_db_check(struct db_pool *pool, const struct show_values *values,
                              struct show_check *ret_check)
{
    const char *params[] = {values->seatmap_id,      values->starts_at,    values->ends_at,
                            values->sales_start_at,  values->sales_end_at, values->admission_start_at,
                            values->admission_end_at};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run(pool, &CHECK, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    *ret_check = (struct show_check){
        .newest_version = db_int(result, 0, 0),
        .ends_late_enough = db_bool(result, 0, 1),
        .sales_end_late_enough = db_bool(result, 0, 2),
        .admission_end_late_enough = db_bool(result, 0, 3),
    };
    return DB_OK;
}

enum db_status shows_db_insert(struct db_pool *pool, struct arena *arena, const char *id,
                               const char *event_id, int64_t seatmap_version,
                               const struct show_values *values, struct show_record *ret_show)
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
                            values->reentry ? "true" : "false"};
    return run_one(pool, arena, &INSERT, ARRAY_LENGTH(params), params, ret_show);
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
    const char *id;
    const struct show_values *values;
    enum show_update *update;
};

/* db_transaction_fn */
static enum db_status update_step(struct db *db, void *context)
{
    const struct update_step *step = context;
    const struct show_values *values = step->values;
    const char *params[] = {
        step->id,
        values->starts_at,
        values->ends_at,
        values->sales_start_at,
        values->sales_end_at,
        values->seatmap_id,
        values->currency,
        values->price_tiers,
    };
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_query(db, &UPDATE, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        status = update_outcome(db_text(result, 0, 0), step->update);
    }
    if (status != DB_OK || *step->update != SHOW_UPDATED) {
        return status;
    }
    const char *admission[] = {step->id, values->admission_start_at, values->admission_end_at,
                               values->reentry ? "true" : "false"};
    CLEANUP(db_result_free) struct db_result *none = NULL;
    return db_query(db, &UPDATE_ADMISSION, ARRAY_LENGTH(admission), admission, &none);
}

enum db_status shows_db_update(struct db_pool *pool, const char *id, const struct show_values *values,
                               enum show_update *ret_update)
{
    struct update_step step = {id, values, ret_update};
    return db_transaction(pool, update_step, &step);
}

enum db_status shows_db_delete(struct db_pool *pool, const char *id)
{
    const char *params[] = {id};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_run_row(pool, &DELETE, ARRAY_LENGTH(params), params, &result);
}
