/* seat_db.h: what is known of a seat of a show. */
#ifndef TICKETING_SEAT_DB_H
#define TICKETING_SEAT_DB_H

#include "common/db.h"

struct seat_story {
    const char *seatmap_id;
    int64_t seatmap_version;
    bool told;        /* somebody has, had or holds the seat */
    const char *json; /* as the API shows it */
};

/* Texts live in the arena. DB_NONE when there is no such show. */
enum db_status seat_db_read(struct db_pool *pool, struct arena *arena, const char *show_id,
                            const char *seat_id, struct seat_story *ret_story) MUST_CHECK;

#endif
