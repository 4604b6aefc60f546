/* gate_db.c: the statements behind a gate pack and the totals. */
#include "fcgi/checkout/gates/gate_db.h"

/* $1 show, $2 version (NULL: none). The version begins with the name of this life of the database, as that of
 * availability does: after a restart, failover or restore its transaction ids may be those of a lost
 * timeline. Every transaction that this snapshot does not see has an id of xmin or above, and writes it into
 * tickets.changed. */
static const struct db_statement show_statement = {
    .name = "gate_show",
    .repeatable = true,
    .sql =
        "SELECT s.id, s.event_id, e.title, e.venue, e.time_zone, rfc3339(s.starts_at), rfc3339(s.ends_at), "
        "rfc3339(s.admission_start_at), rfc3339(s.admission_end_at), s.reentry, concat(life.origin, '-', "
        "snapshot.xmin), "
        "rfc3339(clock_timestamp()), CASE WHEN asked.xid::numeric <= snapshot.xmin::text::numeric THEN "
        "asked.xid END, s.deleted_at IS NOT NULL OR e.deleted_at IS NOT NULL "
        "FROM shows s JOIN events e ON e.id = s.event_id "
        "CROSS JOIN (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin) AS snapshot "
        "CROSS JOIN (SELECT left(md5(concat('public.tickets'::regclass::oid, '/', "
        "extract(epoch FROM pg_postmaster_start_time()))), 16) AS origin) AS life "
        "CROSS JOIN LATERAL (SELECT substring($2::text FROM '^' || life.origin || '-([0-9]{1,19})$') AS xid) "
        "AS asked "
        "WHERE s.id = $1::uuid",
};

enum show_column {
    SHOW_ID,
    SHOW_EVENT_ID,
    SHOW_TITLE,
    SHOW_VENUE,
    SHOW_TIME_ZONE,
    SHOW_STARTS_AT,
    SHOW_ENDS_AT,
    SHOW_ADMISSION_START_AT,
    SHOW_ADMISSION_END_AT,
    SHOW_REENTRY,
    SHOW_VERSION,
    SHOW_NOW,
    SHOW_SINCE,
    SHOW_DELETED,
};

/* $1 show, $2 version (NULL: all). Codes are given out for what has been paid. */
static const struct db_statement tickets_statement = {
    .name = "gate_tickets",
    .repeatable = true,
    .sql = "SELECT t.id, t.status, t.revision, rfc3339(t.checked_in_at), t.checked_in_gate, t.inside "
           "FROM tickets t JOIN orders o ON o.id = t.order_id AND o.show_id = t.show_id "
           "WHERE t.show_id = $1::uuid AND t.changed >= coalesce($2::xid8, '0'::xid8) AND t.status <> "
           "'reserved' "
           "AND o.paid_at IS NOT NULL AND ($2::xid8 IS NOT NULL OR t.status <> 'valid' OR t.revision > 0) "
           "ORDER BY t.id",
};

enum ticket_column {
    TICKET_ID,
    TICKET_STATUS,
    TICKET_REVISION,
    TICKET_CHECKED_IN_AT,
    TICKET_GATE,
    TICKET_INSIDE,
};

enum db_status gate_db_show(struct db_pool *pool, struct arena *arena, const char *show_id, const char *since,
                            struct gate_show *ret_show)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status =
        db_run_row(pool, &show_statement, 2, (const char *const[]){show_id, since}, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_show = (struct gate_show){
        .id = db_copy(arena, rows, 0, SHOW_ID),
        .event_id = db_copy(arena, rows, 0, SHOW_EVENT_ID),
        .title = db_copy(arena, rows, 0, SHOW_TITLE),
        .venue = db_copy(arena, rows, 0, SHOW_VENUE),
        .time_zone = db_copy(arena, rows, 0, SHOW_TIME_ZONE),
        .starts_at = db_copy(arena, rows, 0, SHOW_STARTS_AT),
        .ends_at = db_copy(arena, rows, 0, SHOW_ENDS_AT),
        .admission_start_at = db_copy(arena, rows, 0, SHOW_ADMISSION_START_AT),
        .admission_end_at = db_copy(arena, rows, 0, SHOW_ADMISSION_END_AT),
        .reentry = db_bool(rows, 0, SHOW_REENTRY),
        .version = db_copy(arena, rows, 0, SHOW_VERSION),
        .now = db_copy(arena, rows, 0, SHOW_NOW),
        .since = db_copy(arena, rows, 0, SHOW_SINCE),
        .is_deleted = db_bool(rows, 0, SHOW_DELETED),
    };
    return DB_OK;
}

enum db_status gate_db_tickets(struct db_pool *pool, struct arena *arena, const char *show_id,
                               const char *since, struct gate_ticket **ret_tickets, size_t *ret_count)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &tickets_statement, 2, (const char *const[]){show_id, since}, &rows);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(rows);
    struct gate_ticket *tickets = arena_alloc(arena, (count + 1) * sizeof(*tickets));
    for (size_t i = 0; i < count; i++) {
        tickets[i] = (struct gate_ticket){
            .id = db_copy(arena, rows, i, TICKET_ID),
            .status = db_copy(arena, rows, i, TICKET_STATUS),
            .revision = db_int(rows, i, TICKET_REVISION),
            .checked_in_at = db_copy(arena, rows, i, TICKET_CHECKED_IN_AT),
            .gate = db_copy(arena, rows, i, TICKET_GATE),
            .inside = db_bool(rows, i, TICKET_INSIDE),
        };
    }
    *ret_tickets = tickets;
    *ret_count = count;
    return DB_OK;
}
