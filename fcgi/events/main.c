/* ticketing-events: events, shows, seat maps and availability; also the health of the whole service. */
#include "common/config.h"
#include "common/database.h"
#include "common/log.h"
#include "common/server.h"
#include "common/session_standing.h"
#include "fcgi/events/availability.h"
#include "fcgi/events/availability_store.h"
#include "fcgi/events/edit.h"
#include "fcgi/events/events.h"
#include "fcgi/events/health.h"
#include "fcgi/events/live.h"
#include "fcgi/events/seatmaps.h"
#include "fcgi/events/shared_read.h"
#include "fcgi/events/show_body.h"
#include "fcgi/events/show_seatmap.h"
#include "fcgi/events/shows.h"
#include <stdio.h>

/* clang-format off */
static const struct route ROUTES[] = {
    {.method = HTTP_GET, .pattern = "/events", .auth = AUTH_OPTIONAL, .query = &event_list_query, .handler = event_list},
    {.method = HTTP_POST, .pattern = "/events", .auth = AUTH_ADMIN, .body = &event_create_body, .handler = event_create},
    {.method = HTTP_GET, .pattern = "/events/:id", .auth = AUTH_OPTIONAL, .handler = event_get},
    {.method = HTTP_PUT, .pattern = "/events/:id", .auth = AUTH_ADMIN, .body = &edit_any_body, .handler = event_update},
    {.method = HTTP_PATCH, .pattern = "/events/:id", .auth = AUTH_ADMIN, .body = &edit_any_body, .handler = event_update},
    {.method = HTTP_DELETE, .pattern = "/events/:id", .auth = AUTH_ADMIN, .handler = event_delete},
    {.method = HTTP_GET, .pattern = "/events/:id/shows", .auth = AUTH_OPTIONAL, .query = &show_list_query, .handler = show_list},
    {.method = HTTP_POST, .pattern = "/events/:id/shows", .auth = AUTH_ADMIN, .body = &show_create_body, .handler = show_create},
    {.method = HTTP_GET, .pattern = "/shows/:id", .auth = AUTH_OPTIONAL, .handler = show_get},
    {.method = HTTP_PUT, .pattern = "/shows/:id", .auth = AUTH_ADMIN, .body = &edit_any_body, .handler = show_update},
    {.method = HTTP_PATCH, .pattern = "/shows/:id", .auth = AUTH_ADMIN, .body = &edit_any_body, .handler = show_update},
    {.method = HTTP_DELETE, .pattern = "/shows/:id", .auth = AUTH_ADMIN, .handler = show_delete},
    {.method = HTTP_GET, .pattern = "/shows/:id/seatmap", .auth = AUTH_OPTIONAL, .handler = show_seatmap_get},
    {.method = HTTP_GET, .pattern = "/shows/:id/availability", .auth = AUTH_OPTIONAL, .query = &availability_get_query, .handler = availability_get},
    {.method = HTTP_GET, .pattern = "/shows/:id/live", .auth = AUTH_NONE, .handler = live_get},
    {.method = HTTP_GET, .pattern = "/seatmaps", .auth = AUTH_NONE, .handler = seatmap_list},
    {.method = HTTP_GET, .pattern = "/seatmaps/*id", .auth = AUTH_NONE, .handler = seatmap_get},
    {.method = HTTP_PUT, .pattern = "/seatmaps/*id", .auth = AUTH_ADMIN, .body = &seatmap_put_body, .handler = seatmap_put},
    {.method = HTTP_GET, .pattern = "/-/healthz", .auth = AUTH_NONE, .handler = health_get},
    {.method = HTTP_GET, .pattern = "/-/metrics-all", .auth = AUTH_NONE, .handler = health_metrics},
};
/* clang-format on */
static const struct route_table table = {ROUTES, ARRAY_LENGTH(ROUTES)};
static const struct route_table *const tables[] = {&table};

static bool ready(void *context)
{
    const struct events *events = context;
    return db_ready(events->pool);
}

static void publish(void *context)
{
    const struct events *events = context;
    live_publish(events->live);
}

static const struct background_task TASKS[] = {
    {.name = "live", .run = publish, .interval_ms = LIVE_INTERVAL_MS},
};

static enum problem standing(struct request *request, struct response *response)
{
    const struct events *events = request_context(request);
    return session_standing(events->pool, request, response);
}

/* For bodies that many requests share: lists, events, shows and seat maps. */
enum { KEPT_BYTES = 16 << 20 };

static void open_events(struct events *events)
{
    const struct config *config = events->config;
    events->metrics = metrics_new("events", ARRAY_LENGTH(ROUTES));
    /* With generic plans, or else availability's would be planned again for each read: 200 µs instead of 70.
     */
    events->pool = database_pool(config, "ticketing-events", true, events->metrics);
    events->seatmaps = seatmap_cache_new(events->pool, (size_t)config->seatmap_cache);
    events->availability =
        availability_store_new(events->pool, events->seatmaps, (size_t)config->availability_cache_mb << 20);
    events->reads = shared_reads_new(KEPT_BYTES);
    events->live = live_new(config->run_directory, events->availability);
    events->disk = database_disk(config);
    events->health = health_new(config->run_directory, events->pool, events->metrics, events->disk);
}

static void close_events(struct events *events)
{
    health_free(events->health);
    disk_watch_free(events->disk);
    live_free(events->live);
    shared_reads_free(events->reads);
    availability_store_free(events->availability);
    seatmap_cache_free(events->seatmaps);
    db_pool_free(events->pool);
    metrics_free(events->metrics);
}

int main(int argc, char **argv)
{
    struct config config = {0};
    struct events events = {.config = &config};
    int exit_code = EXIT_FAILURE;
    if (!config_start(argc, argv, CONFIG_EVENTS, &config, &exit_code)) {
        return exit_code;
    }
    log_open("events", config.log_level);
    CLEANUP(token_keys_free)
    struct token_keys *keys = token_keys_open(config.jwt_secret, config.jwt_public_key, NULL);
    if (keys == NULL) {
        return EXIT_FAILURE;
    }
    open_events(&events);
    exit_code = server_run(&(struct responder){
        .name = "events",
        .tables = tables,
        .table_count = ARRAY_LENGTH(tables),
        .context = &events,
        .keys = keys,
        .metrics = events.metrics,
        .listen_fd = 0, /* FCGI_LISTENSOCK_FILENO: spawn-fcgi hands the socket over as standard input */
        .threads = (int)config.threads,
        .standing = standing,
        .ready = ready,
        .disk = events.disk,
        .tasks = TASKS,
        .task_count = ARRAY_LENGTH(TASKS),
    });
    close_events(&events);
    return exit_code;
}
