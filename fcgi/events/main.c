/* ticketing-events: events, shows, seat maps and availability; also the health of the whole service. */
#include "common/config.h"
#include "common/log.h"
#include "common/server.h"
#include "fcgi/events/app.h"
#include "fcgi/events/availability.h"
#include "fcgi/events/edit.h"
#include "fcgi/events/events.h"
#include "fcgi/events/live.h"
#include "fcgi/events/seatmaps.h"
#include "fcgi/events/show_body.h"
#include "fcgi/events/show_seatmap.h"
#include "fcgi/events/shows.h"
#include <stdio.h>

/* clang-format off */
static const struct route ROUTES[] = {
    {.method = HTTP_GET, .pattern = "/events", .auth = AUTH_OPTIONAL, .query = &EVENT_LIST_QUERY, .handler = event_list},
    {.method = HTTP_POST, .pattern = "/events", .auth = AUTH_ADMIN, .body = &EVENT_BODY, .handler = event_create},
    {.method = HTTP_GET, .pattern = "/events/:id", .auth = AUTH_OPTIONAL, .handler = event_get},
    {.method = HTTP_PUT, .pattern = "/events/:id", .auth = AUTH_ADMIN, .body = &EDIT_BODY, .handler = event_update},
    {.method = HTTP_PATCH, .pattern = "/events/:id", .auth = AUTH_ADMIN, .body = &EDIT_BODY, .handler = event_update},
    {.method = HTTP_DELETE, .pattern = "/events/:id", .auth = AUTH_ADMIN, .handler = event_delete},
    {.method = HTTP_GET, .pattern = "/events/:id/shows", .auth = AUTH_OPTIONAL, .query = &SHOW_LIST_QUERY, .handler = show_list},
    {.method = HTTP_POST, .pattern = "/events/:id/shows", .auth = AUTH_ADMIN, .body = &SHOW_BODY, .handler = show_create},
    {.method = HTTP_GET, .pattern = "/shows/:id", .auth = AUTH_OPTIONAL, .handler = show_get},
    {.method = HTTP_PUT, .pattern = "/shows/:id", .auth = AUTH_ADMIN, .body = &EDIT_BODY, .handler = show_update},
    {.method = HTTP_PATCH, .pattern = "/shows/:id", .auth = AUTH_ADMIN, .body = &EDIT_BODY, .handler = show_update},
    {.method = HTTP_DELETE, .pattern = "/shows/:id", .auth = AUTH_ADMIN, .handler = show_delete},
    {.method = HTTP_GET, .pattern = "/shows/:id/seatmap", .auth = AUTH_OPTIONAL, .handler = show_seatmap_get},
    {.method = HTTP_GET, .pattern = "/shows/:id/availability", .auth = AUTH_OPTIONAL, .query = &AVAILABILITY_QUERY, .handler = availability_get},
    {.method = HTTP_GET, .pattern = "/shows/:id/live", .auth = AUTH_NONE, .handler = live_get},
    {.method = HTTP_GET, .pattern = "/seatmaps", .auth = AUTH_NONE, .handler = seatmaps_list},
    {.method = HTTP_GET, .pattern = "/seatmaps/*id", .auth = AUTH_NONE, .handler = seatmaps_get},
    {.method = HTTP_PUT, .pattern = "/seatmaps/*id", .auth = AUTH_ADMIN, .body = &SEATMAP_BODY, .handler = seatmaps_put},
    {.method = HTTP_GET, .pattern = "/-/healthz", .auth = AUTH_NONE, .handler = health_get},
    {.method = HTTP_GET, .pattern = "/-/metrics-all", .auth = AUTH_NONE, .handler = health_metrics},
};
/* clang-format on */
static const struct route_table table = {ROUTES, ARRAY_LENGTH(ROUTES)};
static const struct route_table *const tables[] = {&table};

static bool ready(void *context)
{
    const struct app *app = context;
    return db_ready(app->pool);
}

static void publish(void *context)
{
    const struct app *app = context;
    live_publish(app->live);
}

static const struct background_task TASKS[] = {
    {.name = "live", .run = publish, .interval_ms = LIVE_INTERVAL_MS},
};

/* For bodies that many requests share: lists, events, shows and seat maps. */
enum { KEPT_BYTES = 16 << 20 };

static void open_app(struct app *app)
{
    const struct config *config = &app->config;
    app->metrics = metrics_new("events", ARRAY_LENGTH(ROUTES));
    app->pool = db_pool_new(&(struct db_options){
        .url = config->database_url,
        .application_name = "ticketing-events",
        .connections = (int)config->database_pool,
        .wait_ms = (int)config->database_wait_ms,
        .statement_timeout_ms = (int)config->database_statement_timeout_ms,
        .pooled = config->database_pooled,
        .generic_plans = true, /* else availability's is planned again for each read: 200 µs instead of 70 */
        .metrics = app->metrics,
    });
    app->seatmaps = seatmap_cache_new(app->pool, (size_t)config->seatmap_cache);
    app->availability =
        availability_store_new(app->pool, app->seatmaps, (size_t)config->availability_cache_mb << 20);
    app->reads = shared_reads_new(KEPT_BYTES);
    app->live = live_new(config->run_directory, app->availability);
    app->health = health_new(config->run_directory, app->pool, app->metrics);
}

static void close_app(struct app *app)
{
    health_free(app->health);
    live_free(app->live);
    shared_reads_free(app->reads);
    availability_store_free(app->availability);
    seatmap_cache_free(app->seatmaps);
    db_pool_free(app->pool);
    metrics_free(app->metrics);
}

int main(int argc, char **argv)
{
    struct app app = {0};
    if (!config_load(CONFIG_EVENTS, &app.config, stderr)) {
        return EXIT_FAILURE;
    }
    if (config_only_checked(argc, argv)) {
        return EXIT_SUCCESS;
    }
    log_open("events", app.config.log_level);
    struct token_keys *keys = token_keys_new(app.config.jwt_secret);
    if (keys == NULL) {
        log_message(LOG_LEVEL_ERROR, "start", "JWT_SECRET is too short");
        return EXIT_FAILURE;
    }
    open_app(&app);
    int code = server_run(&(struct responder){
        .name = "events",
        .tables = tables,
        .table_count = ARRAY_LENGTH(tables),
        .context = &app,
        .keys = keys,
        .metrics = app.metrics,
        .listen_fd = 0, /* FCGI_LISTENSOCK_FILENO: spawn-fcgi hands the socket over as standard input */
        .threads = (int)app.config.threads,
        .ready = ready,
        .tasks = TASKS,
        .task_count = ARRAY_LENGTH(TASKS),
    });
    close_app(&app);
    token_keys_free(keys);
    return code;
}
