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

/* The newest version of each, by id. The caller frees the rows. */
enum db_status seatmaps_db_list(struct db_pool *pool, struct db_result **ret_rows) MUST_CHECK;
/* A row of these. */
void seatmaps_db_read(struct arena *arena, const struct db_result *rows, size_t row,
                      struct seatmap_record *ret_map);
/* One row, which the caller frees; DB_NONE when there is no such seat map. */
enum db_status seatmaps_db_newest(struct db_pool *pool, const char *id,
                                  struct db_result **ret_rows) MUST_CHECK;
/* The newest version's number in that row. */
int64_t seatmaps_db_read_newest(const struct db_result *rows);
/* Stores a new version unless the newest is the same; `*ret_first` when there was none before. */
enum db_status seatmaps_db_put(struct db_pool *pool, struct arena *arena, const struct seatmap *map,
                               int64_t *ret_version, bool *ret_first) MUST_CHECK;

#endif
