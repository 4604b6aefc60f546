/* scan_list_db.c: the scans of a show in the database. */
#include "fcgi/checkout/gates/scan_list_db.h"

#define SCANNED_AT(scan) "rfc3339(coalesce(" scan ".happened_at, " scan ".device_time, " scan ".server_time))"

/* $1 show, $2 flagged (NULL: all), $3 server_time and $4 id of the last scan seen (NULL: none), $5 rows. The
 * earlier scan of a duplicate is kept with it; of others it is the last one accepted before. */
static const struct db_statement list_statement = {
    .name = "scan_list",
    .repeatable = true,
    .sql = "SELECT c.id, c.scan_id, c.outcome, c.code, c.flag, c.direction, c.ticket_id, c.seat_id, c.gate, "
           "" SCANNED_AT(
               "c") ", rfc3339(c.server_time), c.server_time, "
                    "b.scan_id, b.gate, b.direction, " SCANNED_AT(
                        "b") ", rfc3339(b.server_time) "
                             "FROM shows s LEFT JOIN LATERAL ("
                             "SELECT k.* FROM checkins k WHERE k.show_id = s.id "
                             "AND ($2::boolean IS NULL OR (k.flag IS NOT NULL) = $2::boolean) "
                             "AND ($3::timestamptz IS NULL OR (k.server_time, k.id) < ($3::timestamptz, "
                             "$4::uuid)) "
                             "ORDER BY k.server_time DESC, k.id DESC LIMIT $5::int) c ON true "
                             "LEFT JOIN LATERAL ("
                             "SELECT a.* FROM checkins a WHERE a.ticket_id = c.ticket_id AND a.id <> c.id "
                             "AND a.outcome = 'accepted' AND CASE WHEN c.earlier IS NOT NULL THEN a.id = "
                             "c.earlier "
                             "ELSE coalesce(a.happened_at, a.device_time, a.server_time) "
                             "< coalesce(c.happened_at, c.device_time, c.server_time) END "
                             "ORDER BY coalesce(a.happened_at, a.device_time, a.server_time) DESC LIMIT 1) b "
                             "ON true "
                             "WHERE s.id = $1::uuid ORDER BY c.server_time DESC, c.id DESC",
};

enum list_column {
    LIST_ID,
    LIST_SCAN_ID,
    LIST_OUTCOME,
    LIST_REASON,
    LIST_FLAG,
    LIST_DIRECTION,
    LIST_TICKET,
    LIST_SEAT,
    LIST_GATE,
    LIST_AT,
    LIST_RECEIVED_AT,
    LIST_CURSOR_TIME,
    LIST_EARLIER_SCAN_ID,
    LIST_EARLIER_GATE,
    LIST_EARLIER_DIRECTION,
    LIST_EARLIER_AT,
    LIST_EARLIER_RECEIVED_AT,
};

static struct kept_scan read_scan(struct arena *arena, const struct db_result *rows, size_t row)
{
    return (struct kept_scan){
        .id = db_copy(arena, rows, row, LIST_ID),
        .scan_id = db_copy(arena, rows, row, LIST_SCAN_ID),
        .outcome = db_copy(arena, rows, row, LIST_OUTCOME),
        .reason = db_copy(arena, rows, row, LIST_REASON),
        .flag = db_copy(arena, rows, row, LIST_FLAG),
        .direction = db_copy(arena, rows, row, LIST_DIRECTION),
        .ticket_id = db_copy(arena, rows, row, LIST_TICKET),
        .seat_id = db_copy(arena, rows, row, LIST_SEAT),
        .gate = db_copy(arena, rows, row, LIST_GATE),
        .at = db_copy(arena, rows, row, LIST_AT),
        .received_at = db_copy(arena, rows, row, LIST_RECEIVED_AT),
        .cursor_time = db_copy(arena, rows, row, LIST_CURSOR_TIME),
        .earlier =
            {
                .scan_id = db_copy(arena, rows, row, LIST_EARLIER_SCAN_ID),
                .gate = db_copy(arena, rows, row, LIST_EARLIER_GATE),
                .direction = db_copy(arena, rows, row, LIST_EARLIER_DIRECTION),
                .at = db_copy(arena, rows, row, LIST_EARLIER_AT),
                .received_at = db_copy(arena, rows, row, LIST_EARLIER_RECEIVED_AT),
            },
    };
}

enum db_status scan_list_db_read(struct db_pool *pool, struct arena *arena, const char *show_id,
                                 enum scan_choice choice, const struct page *page,
                                 struct kept_scan **ret_scans, size_t *ret_count)
{
    static const char *const flagged[] = {
        [SCANS_ALL] = NULL, [SCANS_FLAGGED] = "true", [SCANS_NOT_FLAGGED] = "false"};
    const char *params[] = {show_id, flagged[choice], page->after_time, page->after_id,
                            db_number(arena, page->limit + 1)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &list_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    /* A show without scans stands alone in its row. */
    size_t count = db_text(rows, 0, LIST_ID) == NULL ? 0 : db_rows(rows);
    struct kept_scan *scans = arena_alloc(arena, (count + 1) * sizeof(*scans));
    for (size_t i = 0; i < count; i++) {
        scans[i] = read_scan(arena, rows, i);
    }
    *ret_scans = scans;
    *ret_count = count;
    return DB_OK;
}
