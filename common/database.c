/* database.c: opens what a responder's settings say about the database. */
#include "common/database.h"

struct db_pool *database_pool(const struct config *config, const char *responder, bool generic_plans,
                              struct metrics *metrics)
{
    return db_pool_new(&(struct db_options){
        .url = config->database_url,
        .application_name = responder,
        .connections = (int)config->database_pool,
        .wait_ms = (int)config->database_wait_ms,
        .statement_timeout_ms = (int)config->database_statement_timeout_ms,
        .pooled = config->database_pooled,
        .generic_plans = generic_plans,
        .metrics = metrics,
    });
}

struct disk_watch *database_disk(const struct config *config)
{
    return disk_watch_new(config->database_directory, config->database_disk_low_mb << 20,
                          config->database_disk_full_mb << 20);
}
