/* seat_db.c: what is known of a seat of a show. */
#include "fcgi/checkout/reports/seat_db.h"

/* $1 show, $2 seat */
static const struct db_statement seat_statement = {
    .name = "seat_story",
    .repeatable = true,
    .sql = "SELECT s.seatmap_id, s.seatmap_version, t.told, t.story FROM shows s "
           "CROSS JOIN LATERAL seat_story(s.id, $2::text) t WHERE s.id = $1::uuid",
};
enum seat_column { SEAT_MAP, SEAT_MAP_VERSION, SEAT_TOLD, SEAT_STORY };

enum db_status seat_db_read(struct db_pool *pool, struct arena *arena, const char *show_id,
                            const char *seat_id, struct seat_story *ret_story)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status =
        db_run_row(pool, &seat_statement, 2, (const char *const[]){show_id, seat_id}, &rows);
    if (status != DB_OK) {
        return status;
    }
    *ret_story = (struct seat_story){
        .seatmap_id = arena_text(arena, db_text(rows, 0, SEAT_MAP)),
        .seatmap_version = db_int(rows, 0, SEAT_MAP_VERSION),
        .told = db_bool(rows, 0, SEAT_TOLD),
        .json = arena_text(arena, db_text(rows, 0, SEAT_STORY)),
    };
    return DB_OK;
}
