/* audit_db.c: the audit log in the database. */
#include "fcgi/checkout/reports/audit_db.h"

/* Rows have numbers, cursors have UUIDs: a number is written as the last 16 digits of one. $1 objects (NULL:
 * any), $2 actor, $3 from, $4 to (NULL: no condition), $5 cursor (NULL: none), $6 rows. One statement an
 * index: the rest of the conditions is looked at row by row. */
#define AUDIT_SELECT                                                                                         \
    "SELECT rfc3339(a.at), a.actor, a.action, a.subject, coalesce(a.detail ->> 'why', a.detail ->> "         \
    "'reason', a.detail ->> 'note'), a.detail, a.at, "                                                       \
    "lpad(to_hex(a.id), 32, '0')::uuid FROM audit_log a WHERE "
#define AUDIT_REST                                                                                           \
    "($3::timestamptz IS NULL OR a.at >= $3::timestamptz) AND ($4::timestamptz IS NULL OR a.at < "           \
    "$4::timestamptz) "                                                                                      \
    "AND a.id < coalesce(('x' || right(replace($5::text, '-', ''), 16))::bit(64)::bigint, "                  \
    "9223372036854775807) "                                                                                  \
    "ORDER BY a.id DESC LIMIT $6::int"
static const struct db_statement of_objects_statement = {
    .name = "audit_of_objects",
    .repeatable = true,
    .sql = AUDIT_SELECT
    "a.subject = ANY ($1::text[]) AND ($2::uuid IS NULL OR a.actor = $2::uuid) AND " AUDIT_REST,
};
static const struct db_statement of_actor_statement = {
    .name = "audit_of_actor",
    .repeatable = true,
    .sql = AUDIT_SELECT "$1::text[] IS NULL AND a.actor = $2::uuid AND " AUDIT_REST,
};
static const struct db_statement of_all_statement = {
    .name = "audit_of_all",
    .repeatable = true,
    .sql = AUDIT_SELECT "$1::text[] IS NULL AND $2::uuid IS NULL AND " AUDIT_REST,
};

enum audit_column {
    AUDIT_AT,
    AUDIT_ACTOR,
    AUDIT_ACTION,
    AUDIT_SUBJECT,
    AUDIT_REASON,
    AUDIT_DETAIL,
    AUDIT_CURSOR_TIME,
    AUDIT_CURSOR_ID,
};

static struct audit_row read_row(struct arena *arena, const struct db_result *rows, size_t row)
{
    return (struct audit_row){
        .at = db_copy(arena, rows, row, AUDIT_AT),
        .actor = db_copy(arena, rows, row, AUDIT_ACTOR),
        .action = db_copy(arena, rows, row, AUDIT_ACTION),
        .subject = db_copy(arena, rows, row, AUDIT_SUBJECT),
        .reason = db_copy(arena, rows, row, AUDIT_REASON),
        .detail = db_copy(arena, rows, row, AUDIT_DETAIL),
        .cursor_time = db_copy(arena, rows, row, AUDIT_CURSOR_TIME),
        .cursor_id = db_copy(arena, rows, row, AUDIT_CURSOR_ID),
    };
}

enum db_status audit_db_list(struct db_pool *pool, struct arena *arena, const struct audit_filter *filter,
                             const struct page *page, struct audit_row **ret_rows, size_t *ret_count)
{
    bool objects = filter->objects.count > 0;
    const char *params[] = {objects ? db_array(arena, filter->objects.count, filter->objects.items) : NULL,
                            filter->actor,
                            filter->from,
                            filter->to,
                            page->after_id,
                            db_number(arena, page->limit + 1)};
    const struct db_statement *statement = objects                 ? &of_objects_statement
                                           : filter->actor != NULL ? &of_actor_statement
                                                                   : &of_all_statement;
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_count = db_rows(rows);
    *ret_rows = arena_alloc(arena, (*ret_count + 1) * sizeof(**ret_rows));
    for (size_t i = 0; i < *ret_count; i++) {
        (*ret_rows)[i] = read_row(arena, rows, i);
    }
    return DB_OK;
}
