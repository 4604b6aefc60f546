/* ticketing-holds: POST /holds, GET /holds, GET and DELETE /holds/:id, POST /holds/:id/extend. */
#include "common/database.h"
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

static void open_holds(struct holds *holds, struct metrics *metrics)
{
    const struct config *config = holds->config;
    /* With generic plans, or else every batch would be planned anew: a plan without what this batch does not
     * need looks cheaper than the generic one. */
    holds->pool = database_pool(config, "ticketing-holds", true, metrics);
    holds->pins = show_pins_new(SHOW_PINS);
    holds->maps = seatmap_cache_new(holds->pool, (size_t)config->seatmap_cache);
    holds->limits = (struct hold_limits){
        .ttl_seconds = config->hold_ttl_seconds,
        .max_held_seats = config->max_held_seats_per_user,
        .max_seconds = config->hold_max_seconds,
        .max_takes = TAKES_MAX,
        .cooldown_seconds = config->hold_cooldown_seconds,
    };
    holds->queue = hold_queue_new(holds->pool, &holds->limits);
}

static void close_holds(struct holds *holds)
{
    hold_queue_free(holds->queue);
    seatmap_cache_free(holds->maps);
    show_pins_free(holds->pins);
    db_pool_free(holds->pool);
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
    CLEANUP(buyer_limit_free) struct buyer_limit *limit = buyer_limit_new(config.buyer_rate);
    CLEANUP(disk_watch_free) struct disk_watch *disk = database_disk(&config);
    struct holds holds = {.config = &config};
    open_holds(&holds, metrics);
    exit_code = server_run(&(struct responder){
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
    });
    close_holds(&holds);
    metrics_free(metrics);
    return exit_code;
}
