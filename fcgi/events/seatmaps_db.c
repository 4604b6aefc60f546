/* seatmaps_db.c: seat map templates in the database. */
#include "fcgi/events/seatmaps_db.h"
#include "common/cleanup.h"

static const struct db_statement LIST = {
    .name = "seatmaps_list",
    .repeatable = true,
    .sql = "SELECT DISTINCT ON (id) id, name, version, seat_count, template ->> 'currency',"
           " rfc3339(created_at) FROM seatmaps ORDER BY id, version DESC",
};

enum list_column { LIST_ID, LIST_NAME, LIST_VERSION, LIST_SEAT_COUNT, LIST_CURRENCY, LIST_CREATED_AT };

static const struct db_statement NEWEST = {
    .name = "seatmaps_newest",
    .repeatable = true,
    .sql = "SELECT version FROM seatmaps WHERE id = $1 ORDER BY version DESC LIMIT 1",
};

enum newest_column { NEWEST_VERSION };

/* The subquery sees the table as it was before the function wrote to it. */
static const struct db_statement PUT = {
    .name = "seatmaps_put",
    .sql = "SELECT put_seatmap($1, $2, $3::json, $4::integer),"
           " NOT EXISTS (SELECT FROM seatmaps WHERE id = $1)",
};

enum put_column { PUT_VERSION, PUT_FIRST };

enum db_status seatmaps_db_list(struct db_pool *pool, struct db_result **ret_rows)
{
    return db_run(pool, &LIST, 0, NULL, ret_rows);
}

void seatmaps_db_read(struct arena *arena, const struct db_result *rows, size_t row,
                      struct seatmap_record *ret_map)
{
    *ret_map = (struct seatmap_record){
        .id = db_copy(arena, rows, row, LIST_ID),
        .name = db_copy(arena, rows, row, LIST_NAME),
        .version = db_int(rows, row, LIST_VERSION),
        .seat_count = db_int(rows, row, LIST_SEAT_COUNT),
        .currency = db_copy(arena, rows, row, LIST_CURRENCY),
        .created_at = db_copy(arena, rows, row, LIST_CREATED_AT),
    };
}

enum db_status seatmaps_db_newest(struct db_pool *pool, const char *id, struct db_result **ret_rows)
{
    const char *params[] = {id};
    return db_run_row(pool, &NEWEST, ARRAY_LENGTH(params), params, ret_rows);
}

int64_t seatmaps_db_read_newest(const struct db_result *rows)
{
    return db_int(rows, 0, NEWEST_VERSION);
}

enum db_status seatmaps_db_put(struct db_pool *pool, struct arena *arena, const struct seatmap *map,
                               int64_t *ret_version, bool *ret_first)
{
    CLEANUP(free) char *template = json_dumps(seatmap_template(map), JSON_COMPACT);
    if (template == NULL) {
        return DB_FAILED;
    }
    const char *params[] = {seatmap_id(map), seatmap_name(map), template,
                            db_number(arena, (int64_t)seatmap_seat_count(map))};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run(pool, &PUT, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    *ret_version = db_int(result, 0, PUT_VERSION);
    *ret_first = *ret_version == 1 && db_bool(result, 0, PUT_FIRST);
    return DB_OK;
}
