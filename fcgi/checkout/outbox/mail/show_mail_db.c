/* show_mail_db.c: what a mail about a changed show says, from the database. */
#include "fcgi/checkout/outbox/mail/show_mail_db.h"

/* As it is, and as it was: NULL when it is not among what was other before. A time that stays is told anew
 * when the zone of the venue changes, for its clock shows another. */
#define TEXT_FACT(member)                                                                                    \
    "coalesce(told.data ->> '" member "', 'not said'), "                                                     \
    "CASE WHEN told.was ? '" member "' THEN coalesce(told.was ->> '" member "', 'not said') END, "
#define TIME_FACT(member)                                                                                    \
    "coalesce(venue_time((told.data ->> '" member "')::timestamptz, told.data ->> 'timeZone'), "             \
    "'not said'), "                                                                                          \
    "CASE WHEN told.was ?| ARRAY['" member "', 'timeZone'] "                                                 \
    "AND concat(told.data ->> '" member "', told.was ->> '" member "') <> '' THEN "                          \
    "coalesce(venue_time((CASE WHEN told.was ? '" member "' THEN told.was ELSE told.data END "               \
    "->> '" member "')::timestamptz, coalesce(told.was ->> 'timeZone', told.data ->> 'timeZone')), "         \
    "'not said') END, "

/* $1 event, $2 holder */
static const struct db_statement read_statement = {
    .name = "show_mail_read",
    .repeatable = true,
    .sql = "SELECT " TEXT_FACT("title") TEXT_FACT("venue") TIME_FACT("startsAt") TIME_FACT("endsAt")
        TIME_FACT("admissionStartAt") TIME_FACT(
            "admissionEndAt") "told.show_id, person.email, person.name "
                              "FROM (SELECT o.key AS show_id, o.data::jsonb AS data, o.data::jsonb -> 'was' "
                              "AS was "
                              "FROM outbox o WHERE o.event_id = $1::uuid) AS told "
                              "CROSS JOIN LATERAL ("
                              "SELECT CASE WHEN o.user_id = $2::uuid THEN o.buyer_email ELSE "
                              "claimed.to_email END AS email, "
                              "CASE WHEN o.user_id = $2::uuid THEN o.buyer_name ELSE '' END AS name "
                              "FROM tickets t JOIN orders o ON o.id = t.order_id AND o.show_id = t.show_id "
                              "LEFT JOIN LATERAL (SELECT p.to_email FROM ticket_transfers p WHERE "
                              "p.ticket_id = t.id "
                              "AND p.to_user = $2::uuid ORDER BY p.ended_at DESC LIMIT 1) AS claimed ON true "
                              "WHERE t.show_id = told.show_id AND t.status IN ('valid', 'checked_in') AND "
                              "t.id IN ("
                              "SELECT w.id FROM tickets w WHERE w.user_id = $2::uuid UNION ALL "
                              "SELECT p.ticket_id FROM ticket_transfers p WHERE p.from_user = $2::uuid "
                              "AND p.show_id = told.show_id AND p.state = 'pending') "
                              "AND (o.user_id = $2::uuid OR claimed.to_email IS NOT NULL) "
                              "ORDER BY o.user_id = $2::uuid DESC, o.created_at DESC LIMIT 1) AS person",
};

enum read_column {
    READ_TITLE,
    READ_TITLE_WAS,
    READ_VENUE,
    READ_VENUE_WAS,
    READ_START,
    READ_START_WAS,
    READ_END,
    READ_END_WAS,
    READ_DOORS,
    READ_DOORS_WAS,
    READ_LAST_ADMISSION,
    READ_LAST_ADMISSION_WAS,
    READ_SHOW,
    READ_EMAIL,
    READ_NAME,
};

static struct show_fact fact(struct arena *arena, const struct db_result *rows, size_t column)
{
    return (struct show_fact){
        .is = db_copy(arena, rows, 0, column),
        .was = db_copy(arena, rows, 0, column + 1), /* stands beside it */
    };
}

enum db_status show_mail_db_read(struct db_pool *pool, struct arena *arena, const char *event_id,
                                 const char *holder, struct show_mail_row *ret_row)
{
    const char *params[] = {event_id, holder};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &read_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_row = (struct show_mail_row){
        .show_id = db_copy(arena, rows, 0, READ_SHOW),
        .email = db_copy(arena, rows, 0, READ_EMAIL),
        .name = db_copy(arena, rows, 0, READ_NAME),
        .title = fact(arena, rows, READ_TITLE),
        .venue = fact(arena, rows, READ_VENUE),
        .start = fact(arena, rows, READ_START),
        .end = fact(arena, rows, READ_END),
        .doors = fact(arena, rows, READ_DOORS),
        .last_admission = fact(arena, rows, READ_LAST_ADMISSION),
    };
    return DB_OK;
}
