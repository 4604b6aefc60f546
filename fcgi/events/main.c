/* ticketing-events: events, shows, seat maps and availability; also the health of the whole service. */
#include "common/config.h"
#include "common/log.h"
#include "common/server.h"
#include "fcgi/events/app.h"
#include "fcgi/events/availability.h"
#include "fcgi/events/events.h"
#include "fcgi/events/live.h"
#include "fcgi/events/seatmaps.h"
#include "fcgi/events/show_body.h"
#include "fcgi/events/show_seatmap.h"
#include "fcgi/events/shows.h"
#include <stdio.h>

/* clang-format off */
static const struct route ROUTES[] = {
    {HTTP_GET,    "/events",                 AUTH_OPTIONAL, NULL,          &EVENT_LIST_QUERY,   events_list},
    {HTTP_POST,   "/events",                 AUTH_ADMIN,    &EVENT_BODY,   NULL,                events_create},
    {HTTP_GET,    "/events/:id",             AUTH_OPTIONAL, NULL,          NULL,                events_get},
    {HTTP_PUT,    "/events/:id",             AUTH_ADMIN,    &EVENT_BODY,   NULL,                events_put},
    {HTTP_DELETE, "/events/:id",             AUTH_ADMIN,    NULL,          NULL,                events_delete},
    {HTTP_GET,    "/events/:id/shows",       AUTH_OPTIONAL, NULL,          NULL,                event_shows_list},
    {HTTP_POST,   "/events/:id/shows",       AUTH_ADMIN,    &SHOW_BODY,    NULL,                event_shows_create},
    {HTTP_GET,    "/shows/:id",              AUTH_OPTIONAL, NULL,          NULL,                shows_get},
    {HTTP_PUT,    "/shows/:id",              AUTH_ADMIN,    &SHOW_BODY,    NULL,                shows_put},
    {HTTP_DELETE, "/shows/:id",              AUTH_ADMIN,    NULL,          NULL,                shows_delete},
    {HTTP_GET,    "/shows/:id/seatmap",      AUTH_OPTIONAL, NULL,          NULL,                show_seatmap_get},
    {HTTP_GET,    "/shows/:id/availability", AUTH_OPTIONAL, NULL,          &AVAILABILITY_QUERY, availability_get},
    {HTTP_GET,    "/shows/:id/live",         AUTH_NONE,     NULL,          NULL,                live_get},
    {HTTP_GET,    "/seatmaps",               AUTH_NONE,     NULL,          NULL,                seatmaps_list},
    {HTTP_GET,    "/seatmaps/*id",           AUTH_NONE,     NULL,          NULL,                seatmaps_get},
    {HTTP_PUT,    "/seatmaps/*id",           AUTH_ADMIN,    &SEATMAP_BODY, NULL,                seatmaps_put},
    {HTTP_GET,    "/-/healthz",              AUTH_NONE,     NULL,          NULL,                health_get},
    {HTTP_GET,    "/-/metrics-all",          AUTH_NONE,     NULL,          NULL,                health_metrics},
};
/* clang-format on */

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
    app->live = live_new(config->run_directory, app->availability);
    app->health = health_new(config->run_directory, app->pool, app->metrics);
}

static void close_app(struct app *app)
{
    health_free(app->health);
    live_free(app->live);
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
    int code = server_run(&(struct server){
        .name = "events",
        .routes = ROUTES,
        .route_count = ARRAY_LENGTH(ROUTES),
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
