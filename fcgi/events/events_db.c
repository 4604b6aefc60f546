/* events_db.c: events in the database. */
#include "fcgi/events/events_db.h"
#include "common/cleanup.h"

/* Where venues are that do not say it: with the default currency (show_body.c). */
static const char DEFAULT_TIME_ZONE[] = "Asia/Ho_Chi_Minh";

enum { DEFAULT_DURATION_MINUTES = 120 /* as in schema/deploy/event_duration.sql */ };

/* The table's alias is e. The order of the next show is that of the index shows_event: min() would rather
 * walk the shows of all events by time until it meets one of this event (2 ms a list instead of 0.2, with
 * 2,000 shows of another event). */
#define EVENT_COLUMNS                                                                                        \
    "e.id, e.title, e.description, e.venue, e.image_url, e.published,"                                       \
    " rfc3339((SELECT s.starts_at FROM shows s"                                                              \
    "          WHERE s.event_id = e.id AND s.deleted_at IS NULL AND s.starts_at > now()"                     \
    "          ORDER BY s.starts_at, s.id LIMIT 1)),"                                                        \
    " rfc3339(e.created_at), rfc3339(e.updated_at), e.created_at, e.time_zone, e.transferable, "             \
    "e.updated_at,"                                                                                          \
    " e.default_duration_minutes"

enum event_column {
    ID,
    TITLE,
    DESCRIPTION,
    VENUE,
    IMAGE_URL,
    PUBLISHED,
    NEXT_SHOW_AT,
    CREATED_AT,
    UPDATED_AT,
    CREATED_KEY,
    TIME_ZONE,
    TRANSFERABLE,
    UPDATED_KEY,
    DURATION_MINUTES
};

/* $1 drafts too, $2 and $3 the time of a show, $4 and $5 the last event seen, $6 how many. */
#define EVENT_LIST(condition)                                                                                \
    "SELECT " EVENT_COLUMNS " FROM events e"                                                                 \
    " WHERE e.deleted_at IS NULL AND (e.published OR $1::boolean)" condition                                 \
    " AND (($2::timestamptz IS NULL AND $3::timestamptz IS NULL) OR EXISTS ("                                \
    "      SELECT FROM shows s WHERE s.event_id = e.id AND s.deleted_at IS NULL"                             \
    "      AND s.starts_at >= coalesce($2, '-infinity') AND s.starts_at < coalesce($3, 'infinity')))"        \
    " AND ($4::timestamptz IS NULL OR (e.created_at, e.id) < ($4, $5::uuid))"                                \
    " ORDER BY e.created_at DESC, e.id DESC LIMIT $6::bigint"

static const struct db_statement LIST = {.name = "events_list", .repeatable = true, .sql = EVENT_LIST("")};

/* The expression is that of the index events_search. The patterns are made once, not for each event. */
#define EVENT_SEARCHED "search_text(e.title || ' ' || coalesce(e.venue, ''))"
static const struct db_statement SEARCH = {
    .name = "events_search",
    .repeatable = true,
    .sql = EVENT_LIST(" AND " EVENT_SEARCHED " LIKE (SELECT (search_patterns($7))[1])"
                      " AND " EVENT_SEARCHED " LIKE ALL ((SELECT search_patterns($7))::text[])"),
};

static const struct db_statement GET = {
    .name = "events_get",
    .repeatable = true,
    .sql = "SELECT " EVENT_COLUMNS " FROM events e"
           " WHERE e.id = $1::uuid AND e.deleted_at IS NULL AND (e.published OR $2::boolean)",
};

static const struct db_statement INSERT = {
    .name = "events_insert",
    .sql =
        "INSERT INTO events AS e (id, title, description, venue, image_url, published, time_zone, "
        "transferable, default_duration_minutes)"
        " VALUES ($1::uuid, $2, $3, $4, $5, $6::boolean, $7, $8::boolean, $9::int) RETURNING " EVENT_COLUMNS,
};

static const struct db_statement UPDATE = {
    .name = "events_update",
    .sql = "UPDATE events AS e SET title = $2, description = $3, venue = $4, image_url = $5,"
           " published = $6::boolean, time_zone = $7, transferable = $8::boolean,"
           " default_duration_minutes = $9::int, updated_at = clock_timestamp()"
           " WHERE e.id = $1::uuid AND e.deleted_at IS NULL RETURNING " EVENT_COLUMNS,
};

static const struct db_statement DELETE = {
    .name = "events_delete",
    .sql = "SELECT outcome, sold, pending FROM delete_event($1::uuid)",
};

void events_db_read(struct arena *arena, const struct db_result *rows, size_t row,
                    struct event_record *ret_event)
{
    *ret_event = (struct event_record){
        .id = db_copy(arena, rows, row, ID),
        .title = db_copy(arena, rows, row, TITLE),
        .description = db_copy(arena, rows, row, DESCRIPTION),
        .venue = db_copy(arena, rows, row, VENUE),
        .image_url = db_copy(arena, rows, row, IMAGE_URL),
        .published = db_bool(rows, row, PUBLISHED),
        .next_show_at = db_copy(arena, rows, row, NEXT_SHOW_AT),
        .created_at = db_copy(arena, rows, row, CREATED_AT),
        .updated_at = db_copy(arena, rows, row, UPDATED_AT),
        .created_key = db_copy(arena, rows, row, CREATED_KEY),
        .time_zone = db_copy(arena, rows, row, TIME_ZONE),
        .transferable = db_bool(rows, row, TRANSFERABLE),
        .updated_key = db_copy(arena, rows, row, UPDATED_KEY),
        .duration_minutes = db_int(rows, row, DURATION_MINUTES),
    };
}

enum db_status events_db_list(struct db_pool *pool, struct arena *arena, const struct event_filter *filter,
                              struct db_result **ret_rows)
{
    const char *params[] = {
        filter->drafts ? "true" : "false",
        filter->from,
        filter->to,
        filter->page.after_time,
        filter->page.after_id,
        db_number(arena, filter->page.limit + 1),
        filter->text,
    };
    bool searched = filter->text != NULL;
    size_t count = ARRAY_LENGTH(params) - (searched ? 0 : 1);
    return db_run(pool, searched ? &SEARCH : &LIST, count, params, ret_rows);
}

enum db_status events_db_get(struct db_pool *pool, const char *id, bool drafts, struct db_result **ret_rows)
{
    const char *params[] = {id, drafts ? "true" : "false"};
    return db_run_row(pool, &GET, ARRAY_LENGTH(params), params, ret_rows);
}

static enum db_status write_event(struct db *db, struct arena *arena, const struct db_statement *statement,
                                  const char *id, const struct event_values *values,
                                  struct event_record *ret_event)
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
        db_number(arena, values->duration_minutes > 0 ? values->duration_minutes : DEFAULT_DURATION_MINUTES),
    };
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_query_row(db, statement, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        events_db_read(arena, result, 0, ret_event);
    }
    return status;
}

enum db_status events_db_insert(struct db *db, struct arena *arena, const char *id,
                                const struct event_values *values, struct event_record *ret_event)
{
    return write_event(db, arena, &INSERT, id, values, ret_event);
}

struct update_step {
    const struct edit *edit;
    const struct event_values *values;
    struct arena *arena;
    struct event_record *event;
    bool fresh; /* the event was still as it was seen */
};

/* db_transaction_fn */
static enum db_status update_step(struct db *db, void *context)
{
    struct update_step *step = context;
    enum db_status status = edit_begin(db, step->edit, &step->fresh);
    if (status != DB_OK || !step->fresh) {
        return status;
    }
    return write_event(db, step->arena, &UPDATE, step->edit->id, step->values, step->event);
}

enum db_status events_db_update(struct db_pool *pool, struct arena *arena, const struct edit *edit,
                                const struct event_values *values, struct event_record *ret_event,
                                bool *ret_fresh)
{
    struct update_step step = {edit, values, arena, ret_event, false};
    enum db_status status = db_transaction(pool, update_step, &step);
    *ret_fresh = step.fresh;
    return status;
}

enum db_status events_db_delete(struct db_pool *pool, const struct edit *edit, struct deletion *ret_deletion)
{
    return edit_delete(pool, &DELETE, edit, ret_deletion);
}
