/* session_list_db.c: the sessions of one account, listed and ended. */
#include "fcgi/auth/session_list_db.h"
#include "fcgi/auth/auth_rows.h"

enum { LISTED_ID, LISTED_CREATED_AT, LISTED_LAST_USED_AT, LISTED_EXPIRES_AT, LISTED_POSITION };

/* $1 user, $2 and $3 the last session seen, $4 how many. A row without a session says that the user exists.
 * A refresh token is as old as the last use of its session. */
static const struct db_statement list_statement = {
    .name = "auth_session_list",
    .sql = "SELECT s.id, public.rfc3339(s.created_at), public.rfc3339(greatest(s.created_at,"
           "  (SELECT max(t.created_at) FROM auth.refresh_tokens t WHERE t.session_id = s.id))),"
           " public.rfc3339(s.expires_at), s.created_at"
           " FROM auth.users u LEFT JOIN LATERAL (SELECT * FROM auth.sessions s"
           "  WHERE s.user_id = u.id" AUTH_SESSION_LIVES
           "  AND (s.created_at, s.id) < (coalesce($2::timestamptz, 'infinity'),"
           "   coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))"
           "  ORDER BY s.created_at DESC, s.id DESC LIMIT $4::bigint) s ON true"
           " WHERE u.id = $1::uuid AND u.deleted_at IS NULL ORDER BY s.created_at DESC, s.id DESC",
    .repeatable = true,
};

enum db_status auth_db_session_list(struct db_pool *pool, struct arena *arena, const char *user_id,
                                    const struct page *page, struct auth_session_list *ret_list)
{
    const char *params[] = {user_id, page->after_time, page->after_id, db_number(arena, page->limit + 1)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    const enum db_status status = db_run_row(pool, &list_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    ret_list->count = db_text(rows, 0, LISTED_ID) == NULL ? 0 : db_rows(rows);
    ret_list->sessions = arena_alloc(arena, (ret_list->count + 1) * sizeof(*ret_list->sessions));
    for (size_t row = 0; row < ret_list->count; row++) {
        ret_list->sessions[row] = (struct auth_listed_session){
            .id = arena_text(arena, db_text(rows, row, LISTED_ID)),
            .created_at = arena_text(arena, db_text(rows, row, LISTED_CREATED_AT)),
            .last_used_at = arena_text(arena, db_text(rows, row, LISTED_LAST_USED_AT)),
            .expires_at = arena_text(arena, db_text(rows, row, LISTED_EXPIRES_AT)),
            .position = arena_text(arena, db_text(rows, row, LISTED_POSITION)),
        };
    }
    return DB_OK;
}

enum { ENDED_COUNT };

/* $1 user, $2 the session or all, $3 the one kept, $4 the admin. The record names a hundred sessions at most.
 */
static const struct db_statement end_statement = {
    .name = "auth_session_list_end",
    .sql = "WITH ended AS (UPDATE auth.sessions s SET revoked_at = clock_timestamp()"
           "  WHERE s.user_id = $1::uuid AND s.id = coalesce($2::uuid, s.id)"
           "  AND s.id IS DISTINCT FROM $3::uuid" AUTH_SESSION_LIVES " RETURNING s.id"
           "), audited AS ("
           "  INSERT INTO public.audit_log (actor, action, subject, detail)"
           "  SELECT $4::uuid, 'user.sessions', $1::uuid::text,"
           "   jsonb_build_object('ended', count(*), 'sessions', to_jsonb((array_agg(ended.id))[1:100]))"
           "  FROM ended HAVING count(*) > 0 AND $4::uuid IS NOT NULL"
           ") SELECT (SELECT count(*) FROM ended) FROM auth.users u WHERE u.id = $1::uuid AND u.deleted_at "
           "IS NULL",
};

enum db_status auth_db_session_end(struct db_pool *pool, const struct auth_session_end *which,
                                   int64_t *ret_ended)
{
    const char *params[] = {which->user_id, which->session_id, which->kept_id, which->admin_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    const enum db_status status = db_run_row(pool, &end_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_ended = db_int(rows, 0, ENDED_COUNT);
    }
    return status;
}
