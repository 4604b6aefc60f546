/* seatmaps_db.c: seat map templates in the database. */
#include "fcgi/events/seatmaps_db.h"
#include "common/cleanup.h"

static const struct db_statement LIST = {
    .name = "seatmaps_list",
    .repeatable = true,
    .sql = "SELECT DISTINCT ON (id) id, name, version, seat_count, template ->> 'currency',"
           " rfc3339(created_at) FROM seatmaps ORDER BY id, version DESC",
};

static const struct db_statement NEWEST = {
    .name = "seatmaps_newest",
    .repeatable = true,
    .sql = "SELECT max(version) FROM seatmaps WHERE id = $1",
};

/* The subquery sees the table as it was before the function wrote to it. */
static const struct db_statement PUT = {
    .name = "seatmaps_put",
    .sql = "SELECT put_seatmap($1, $2, $3::json, $4::integer),"
           " NOT EXISTS (SELECT FROM seatmaps WHERE id = $1)",
};

enum db_status seatmaps_db_list(struct db_pool *pool, struct arena *arena, struct seatmap_list *ret_list)
{
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run(pool, &LIST, 0, NULL, &result);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(result);
    struct seatmap_record *items = arena_alloc(arena, (count + 1) * sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct seatmap_record){
            .id = db_copy(arena, result, i, 0),
            .name = db_copy(arena, result, i, 1),
            .version = db_int(result, i, 2),
            .seat_count = db_int(result, i, 3),
            .currency = db_copy(arena, result, i, 4),
            .created_at = db_copy(arena, result, i, 5),
        };
    }
    *ret_list = (struct seatmap_list){.count = count, .items = items};
    return DB_OK;
}

enum db_status seatmaps_db_newest(struct db_pool *pool, const char *id, int64_t *ret_version)
{
    const char *params[] = {id};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run(pool, &NEWEST, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    *ret_version = db_int(result, 0, 0);
    return *ret_version == 0 ? DB_NONE : DB_OK;
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
    *ret_version = db_int(result, 0, 0);
    *ret_first = *ret_version == 1 && db_bool(result, 0, 1);
    return DB_OK;
}
