/* events_db.c: events in the database. */
#include "fcgi/events/events_db.h"
#include "common/cleanup.h"

/* Where venues are that do not say it: with the default currency (show_body.c). */
static const char DEFAULT_TIME_ZONE[] = "Asia/Ho_Chi_Minh";

/* Columns of struct event_record, in its order; the table's alias is e. */
#define EVENT_COLUMNS                                                                                        \
    "e.id, e.title, e.description, e.venue, e.image_url, e.published,"                                       \
    " rfc3339((SELECT min(s.starts_at) FROM shows s"                                                         \
    "          WHERE s.event_id = e.id AND s.deleted_at IS NULL AND s.starts_at > now())),"                  \
    " rfc3339(e.created_at), rfc3339(e.updated_at), e.created_at, e.time_zone, e.transferable"

static const struct db_statement LIST = {
    .name = "events_list",
    .repeatable = true,
    .sql = "SELECT " EVENT_COLUMNS " FROM events e"
           " WHERE e.deleted_at IS NULL AND (e.published OR $1::boolean)"
           " AND ($2::text IS NULL OR strpos(lower(e.title), lower($2)) > 0"
           "      OR strpos(lower(e.venue), lower($2)) > 0)"
           " AND (($3::timestamptz IS NULL AND $4::timestamptz IS NULL) OR EXISTS ("
           "      SELECT FROM shows s WHERE s.event_id = e.id AND s.deleted_at IS NULL"
           "      AND s.starts_at >= coalesce($3, '-infinity') AND s.starts_at < coalesce($4, 'infinity')))"
           " AND ($5::timestamptz IS NULL OR (e.created_at, e.id) < ($5, $6::uuid))"
           " ORDER BY e.created_at DESC, e.id DESC LIMIT $7::bigint",
};

static const struct db_statement GET = {
    .name = "events_get",
    .repeatable = true,
    .sql = "SELECT " EVENT_COLUMNS " FROM events e"
           " WHERE e.id = $1::uuid AND e.deleted_at IS NULL AND (e.published OR $2::boolean)",
};

static const struct db_statement INSERT = {
    .name = "events_insert",
    .sql = "INSERT INTO events AS e (id, title, description, venue, image_url, published, time_zone, "
           "transferable)"
           " VALUES ($1::uuid, $2, $3, $4, $5, $6::boolean, $7, $8::boolean) RETURNING " EVENT_COLUMNS,
};

static const struct db_statement UPDATE = {
    .name = "events_update",
    .sql = "UPDATE events AS e SET title = $2, description = $3, venue = $4, image_url = $5,"
           " published = $6::boolean, time_zone = $7, transferable = $8::boolean, updated_at = now()"
           " WHERE e.id = $1::uuid AND e.deleted_at IS NULL RETURNING " EVENT_COLUMNS,
};

static const struct db_statement DELETE = {
    .name = "events_delete",
    .sql = "UPDATE events SET deleted_at = now(), updated_at = now()"
           " WHERE id = $1::uuid AND deleted_at IS NULL RETURNING id",
};

static void read_event(struct arena *arena, const struct db_result *result, size_t row,
                       struct event_record *ret_event)
{
    *ret_event = (struct event_record){
        .id = db_copy(arena, result, row, 0),
        .title = db_copy(arena, result, row, 1),
        .description = db_copy(arena, result, row, 2),
        .venue = db_copy(arena, result, row, 3),
        .image_url = db_copy(arena, result, row, 4),
        .published = db_bool(result, row, 5),
        .next_show_at = db_copy(arena, result, row, 6),
        .created_at = db_copy(arena, result, row, 7),
        .updated_at = db_copy(arena, result, row, 8),
        .created_key = db_copy(arena, result, row, 9),
        .time_zone = db_copy(arena, result, row, 10),
        .transferable = db_bool(result, row, 11),
    };
}

static enum db_status run_one(struct db_pool *pool, struct arena *arena, const struct db_statement *statement,
                              size_t count, const char *const params[], struct event_record *ret_event)
{
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run_row(pool, statement, count, params, &result);
    if (status != DB_OK) {
        return status;
    }
    read_event(arena, result, 0, ret_event);
    return DB_OK;
}

enum db_status events_db_list(struct db_pool *pool, struct arena *arena, const struct event_filter *filter,
                              struct event_list *ret_list)
{
    const char *params[] = {
        filter->drafts ? "true" : "false",
        filter->text,
        filter->from,
        filter->to,
        filter->page.after_time,
        filter->page.after_id,
        db_number(arena, filter->page.limit + 1),
    };
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_run(pool, &LIST, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(result);
    struct event_record *items = arena_alloc(arena, (count + 1) * sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        read_event(arena, result, i, &items[i]);
    }
    *ret_list = (struct event_list){.count = count, .items = items};
    return DB_OK;
}

enum db_status events_db_get(struct db_pool *pool, struct arena *arena, const char *id, bool drafts,
                             struct event_record *ret_event)
{
    const char *params[] = {id, drafts ? "true" : "false"};
    return run_one(pool, arena, &GET, ARRAY_LENGTH(params), params, ret_event);
}

static enum db_status write_one(struct db_pool *pool, struct arena *arena,
                                const struct db_statement *statement, const char *id,
                                const struct event_values *values, struct event_record *ret_event)
{
    const char *params[] = {
        id,
        values->title,
        values->description,
        values->venue,
        values->image_url,
        values->published ? "true" : "false",
        values->time_zone != NULL ? values->time_zone : DEFAULT_TIME_ZONE,
        values->transferable_given && !values->transferable ? "false" : "true",
    };
    return run_one(pool, arena, statement, ARRAY_LENGTH(params), params, ret_event);
}

enum db_status events_db_insert(struct db_pool *pool, struct arena *arena, const char *id,
                                const struct event_values *values, struct event_record *ret_event)
{
    return write_one(pool, arena, &INSERT, id, values, ret_event);
}

enum db_status events_db_update(struct db_pool *pool, struct arena *arena, const char *id,
                                const struct event_values *values, struct event_record *ret_event)
{
    return write_one(pool, arena, &UPDATE, id, values, ret_event);
}

enum db_status events_db_delete(struct db_pool *pool, const char *id)
{
    const char *params[] = {id};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_run_row(pool, &DELETE, ARRAY_LENGTH(params), params, &result);
}
