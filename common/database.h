/* database.h: the pool of connections and the watch over the database's disk, as the settings of a responder
 * ask for them. */
#ifndef TICKETING_DATABASE_H
#define TICKETING_DATABASE_H

#include "common/config.h"
#include "common/db.h"
#include "common/disk_watch.h"

/* A pool as db_pool_new() makes it. `responder` is the name of the program, which the server shows as the
 * name of each connection; `generic_plans` and `metrics` as in struct db_options. The settings must outlive
 * it. */
struct db_pool *database_pool(const struct config *config, const char *responder, bool generic_plans,
                              struct metrics *metrics) __attribute__((returns_nonnull));

/* Watches the disk of DATABASE_DIRECTORY; free with disk_watch_free(). */
struct disk_watch *database_disk(const struct config *config) __attribute__((returns_nonnull));

#endif
