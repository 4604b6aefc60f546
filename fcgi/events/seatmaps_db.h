/* seatmaps_db.h: the statements about seat maps; also linked into ticketing-seatmap. Text in records lives in
 * the arena given. */
#ifndef TICKETING_EVENTS_SEATMAPS_DB_H
#define TICKETING_EVENTS_SEATMAPS_DB_H

#include "common/db.h"
#include "common/seatmap.h"

struct seatmap_record {
    const char *id;
    const char *name;
    int64_t version;
    int64_t seat_count;
    const char *currency;   /* NULL: none */
    const char *created_at; /* RFC 3339 */
};

struct seatmap_list {
    size_t count;
    struct seatmap_record *items;
};

/* The newest version of each, by id. */
enum db_status seatmaps_db_list(struct db_pool *pool, struct arena *arena,
                                struct seatmap_list *ret_list) MUST_CHECK;
/* The newest version's number; DB_NONE when there is no such seat map. */
enum db_status seatmaps_db_newest(struct db_pool *pool, const char *id, int64_t *ret_version) MUST_CHECK;
/* Stores a new version unless the newest is the same; `*ret_first` when there was none before. */
enum db_status seatmaps_db_put(struct db_pool *pool, struct arena *arena, const struct seatmap *map,
                               int64_t *ret_version, bool *ret_first) MUST_CHECK;

#endif
