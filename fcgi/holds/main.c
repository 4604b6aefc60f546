/* ticketing-holds: POST /holds, GET /holds, GET and DELETE /holds/:id, POST /holds/:id/extend. */
#include "common/server.h"
#include "fcgi/holds/holds.h"
#include <stdlib.h>

static const struct route routes[] = {
    {.method = HTTP_POST,
     .pattern = "/holds",
     .auth = AUTH_USER,
     .limited = true,
     .body = &hold_create_body,
     .handler = hold_create},
    {.method = HTTP_GET, .pattern = "/holds", .auth = AUTH_USER, .handler = hold_list},
    {.method = HTTP_GET, .pattern = "/holds/:id", .auth = AUTH_USER, .handler = hold_read},
    {.method = HTTP_DELETE, .pattern = "/holds/:id", .auth = AUTH_USER, .handler = hold_release},
    {.method = HTTP_POST,
     .pattern = "/holds/:id/extend",
     .auth = AUTH_USER,
     .limited = true,
     .handler = hold_extend},
};
static const struct route_table table = {routes, ARRAY_LENGTH(routes)};
static const struct route_table *const tables[] = {&table};

static bool ready(void *context)
{
    const struct holds *holds = context;
    return db_ready(holds->pool);
}

int main(int argc, char **argv)
{
    struct config config;
    int exit_code = EXIT_FAILURE;
    if (!config_start(argc, argv, CONFIG_HOLDS, &config, &exit_code)) {
        return exit_code;
    }
    log_open("holds", config.log_level);
    CLEANUP(token_keys_free)
    struct token_keys *keys = token_keys_open(config.jwt_secret, config.jwt_public_key, NULL);
    if (keys == NULL) {
        return EXIT_FAILURE;
    }
    struct metrics *metrics = metrics_new("holds", ARRAY_LENGTH(routes));
    struct buyer_limit *limit = buyer_limit_new(config.buyer_rate);
    struct db_pool *pool = db_pool_new(&(struct db_options){
        .url = config.database_url,
        .application_name = "ticketing-holds",
        .connections = (int)config.database_pool,
        .wait_ms = (int)config.database_wait_ms,
        .statement_timeout_ms = (int)config.database_statement_timeout_ms,
        .pooled = config.database_pooled,
        .generic_plans =
            true, /* else every batch is planned anew: what need not be called looks cheaper then */
        .metrics = metrics,
    });
    struct holds holds = {
        .pool = pool,
        .pins = show_pins_new(SHOW_PINS),
        .maps = seatmap_cache_new(pool, (size_t)config.seatmap_cache),
        .config = &config,
        .limits = {.ttl_seconds = config.hold_ttl_seconds,
                   .max_held_seats = config.max_held_seats_per_user,
                   .max_seconds = config.hold_max_seconds,
                   .max_takes = TAKES_MAX,
                   .cooldown_seconds = config.hold_cooldown_seconds},
    };
    holds.queue = hold_queue_new(pool, &holds.limits);
    CLEANUP(disk_watch_free)
    struct disk_watch *disk = disk_watch_new(config.database_directory, config.database_disk_low_mb << 20,
                                             config.database_disk_full_mb << 20);
    const struct responder responder = {
        .name = "holds",
        .tables = tables,
        .table_count = ARRAY_LENGTH(tables),
        .context = &holds,
        .keys = keys,
        .limit = limit,
        .metrics = metrics,
        .listen_fd = 0, /* FCGI_LISTENSOCK_FILENO: spawn-fcgi hands the socket over as standard input */
        .threads = (int)config.threads,
        .ready = ready,
        .disk = disk,
    };
    exit_code = server_run(&responder);
    hold_queue_free(holds.queue);
    seatmap_cache_free(holds.maps);
    show_pins_free(holds.pins);
    db_pool_free(pool);
    buyer_limit_free(limit);
    metrics_free(metrics);
    return exit_code;
}
