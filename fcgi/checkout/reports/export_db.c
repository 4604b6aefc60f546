/* export_db.c: rows for exports, some at a time. */
#include "fcgi/checkout/reports/export_db.h"

/* $1 show, $2 admin, $3 what */
static const struct db_statement begin_statement = {
    .name = "export_begin",
    .sql =
        "WITH exported AS (SELECT s.id, to_char(s.starts_at AT TIME ZONE e.time_zone, 'YYYY-MM-DD') AS day, "
        "e.time_zone FROM shows s JOIN events e ON e.id = s.event_id WHERE s.id = $1::uuid), "
        "audited AS (INSERT INTO audit_log (actor, action, subject, detail) SELECT $2::uuid, 'show.export', "
        "'show ' || x.id, jsonb_build_object('what', $3::text) FROM exported x) "
        "SELECT day, time_zone, clock_timestamp() FROM exported",
};
enum begin_column { BEGIN_DAY, BEGIN_TIME_ZONE, BEGIN_UNTIL };

/* $1 show, $2 seat of the last row, $3 only who has not come in, $4 made until, $5 rows. In the order of
 * tickets_live_seat, in which each seat is once. */
static const struct db_statement attendees_statement = {
    .name = "export_attendees",
    .repeatable = true,
    .sql = "SELECT t.id, t.order_id, t.seat_id, t.zone, coalesce(t.zone_name, t.zone), t.row_label, "
           "t.number, t.status, t.price, "
           "o.currency, o.buyer_name, o.buyer_email, t.user_id <> o.user_id, rfc3339(o.paid_at), "
           "rfc3339(t.checked_in_at), "
           "t.checked_in_gate, t.inside "
           "FROM export_attendees($1::uuid, $2::text, $3::boolean, $4::timestamptz, $5::int) t "
           "JOIN orders o ON o.id = t.order_id AND o.show_id = t.show_id ORDER BY t.seat_id",
};

/* $1 show, $2 when the last row was made and $3 its id, $4 made until, $5 rows */
static const struct db_statement orders_statement = {
    .name = "export_orders",
    .repeatable = true,
    .sql = "SELECT o.id, o.status, rfc3339(o.created_at), rfc3339(o.paid_at), o.buyer_name, o.buyer_email, "
           "t.count, t.seats, "
           "o.total, (SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.order_id = o.id AND r.status "
           "<> 'failed'), "
           "o.currency, p.provider, p.id, p.status, o.note, o.admin_note, o.created_at "
           "FROM export_orders($1::uuid, $2::timestamptz, $3::uuid, $4::timestamptz, $5::int) o "
           "LEFT JOIN LATERAL (SELECT count(*), string_agg(seat_id, ' ' ORDER BY place, seat_id) AS seats "
           "FROM tickets "
           "WHERE order_id = o.id) t ON true "
           "LEFT JOIN LATERAL (SELECT id, provider, status FROM payments WHERE order_id = o.id ORDER BY "
           "created_at DESC, id "
           "LIMIT 1) p ON true ORDER BY o.created_at, o.id",
};

enum db_status export_db_begin(struct db_pool *pool, struct arena *arena, const char *show_id,
                               const char *admin_id, const char *what, struct export_show *ret_show)
{
    const char *params[] = {show_id, admin_id, what};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &begin_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_show = (struct export_show){
        .day = db_copy(arena, rows, 0, BEGIN_DAY),
        .time_zone = db_copy(arena, rows, 0, BEGIN_TIME_ZONE),
        .until = db_copy(arena, rows, 0, BEGIN_UNTIL),
    };
    return DB_OK;
}

enum db_status export_db_attendees(struct db_pool *pool, struct arena *arena, const struct export_rows *which,
                                   const struct export_place *place, int limit, struct db_result **ret_rows)
{
    const char *params[] = {which->show_id, place->key != NULL ? place->key : "",
                            which->not_arrived ? "true" : "false", which->until, db_number(arena, limit)};
    return db_run(pool, &attendees_statement, ARRAY_LENGTH(params), params, ret_rows);
}

enum db_status export_db_orders(struct db_pool *pool, struct arena *arena, const struct export_rows *which,
                                const struct export_place *place, int limit, struct db_result **ret_rows)
{
    static const char first_id[] = "00000000-0000-0000-0000-000000000000";
    const char *params[] = {which->show_id, place->key != NULL ? place->key : "-infinity",
                            place->id != NULL ? place->id : first_id, which->until, db_number(arena, limit)};
    return db_run(pool, &orders_statement, ARRAY_LENGTH(params), params, ret_rows);
}
