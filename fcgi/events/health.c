/* health.c: asks all responders, and tells how they are. */
#include "fcgi/events/health.h"
#include "common/clock.h"
#include "common/probe.h"
#include "common/responders.h"
#include "common/turn.h"
#include "fcgi/events/events.h"
#include "fcgi/events/metrics_merge.h"
#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum {
    PROBE_TIMEOUT_MS = 1500,
    FRESH_US = 100 * 1000, /* how long an answer is shared */
};

static const char RETRY_AFTER_SECONDS[] = "2";
static const char OWN_NAME[] = "events";
static const char *const RESPONDERS[] = {RESPONDER_LIST(RESPONDER_NAME)};

struct health {
    const char *run_directory;
    struct db_pool *pool;
    const struct metrics *metrics;
    struct disk_watch *disk;

    pthread_mutex_t lock; /* one round of questions at a time; guards what follows */
    bool asked;
    int64_t asked_at; /* clock_monotonic_us() */
    bool database;
    bool answers[ARRAY_LENGTH(RESPONDERS)];
};

struct health *health_new(const char *run_directory, struct db_pool *pool, const struct metrics *metrics,
                          struct disk_watch *disk)
{
    struct health *health = memory_new(1, sizeof(*health));
    health->run_directory = run_directory;
    health->pool = pool;
    health->metrics = metrics;
    health->disk = disk;
    pthread_mutex_init(&health->lock, NULL);
    return health;
}

void health_free(struct health *health)
{
    if (health != NULL) {
        pthread_mutex_destroy(&health->lock);
        free(health);
    }
}

/* GET from another responder: its body when it answered 200, else NULL. */
static char *ask(const struct health *health, struct arena *arena, const char *name, const char *path)
{
    const char *socket_path = arena_printf(arena, "%s/%s.sock", health->run_directory, name);
    char *body = NULL;
    size_t length = 0;
    int status = probe_get(socket_path, path, PROBE_TIMEOUT_MS, &body, &length);
    if (status == 200) {
        return body;
    }
    if (status != -1) {
        free(body);
    }
    return NULL;
}

/* With the lock. */
static void ask_all(struct health *health, struct arena *arena)
{
    health->database = db_ready(health->pool);
    for (size_t i = 0; i < ARRAY_LENGTH(RESPONDERS); i++) {
        if (strcmp(RESPONDERS[i], OWN_NAME) == 0) {
            health->answers[i] = health->database; /* as its /-/ready says */
            continue;
        }
        CLEANUP(free) char *body = ask(health, arena, RESPONDERS[i], "/-/ready");
        health->answers[i] = body != NULL;
    }
    health->asked = true;
    health->asked_at = clock_monotonic_us();
}

static const char *word(bool well)
{
    return well ? "ok" : "unavailable";
}

/* The space where PostgreSQL keeps its data; NULL when that is not on this host. */
static json_t *disk_json(struct disk_watch *disk)
{
    struct disk_space space = disk_watch_look(disk);
    if (space.state == DISK_UNKNOWN) {
        return NULL;
    }
    return json_pack("{s:s, s:I, s:I, s:I}", "state", disk_state_word(space.state), "freeBytes",
                     (json_int_t)space.free_bytes, "lowBytes", (json_int_t)space.low_bytes, "fullBytes",
                     (json_int_t)space.full_bytes);
}

enum problem health_get(struct request *request, struct response *response)
{
    struct health *health = events_of(request)->health;
    turn_will_wait(); /* for the lock: another thread may hold it while a responder does not answer */
    pthread_mutex_lock(&health->lock);
    if (!health->asked || clock_monotonic_us() - health->asked_at > FRESH_US) {
        ask_all(health, request_arena(request));
    }
    bool all = health->database;
    json_t *responders = json_object();
    for (size_t i = 0; i < ARRAY_LENGTH(RESPONDERS); i++) {
        json_object_set_new(responders, RESPONDERS[i], json_string(word(health->answers[i])));
        all = all && health->answers[i];
    }
    const char *database = word(health->database);
    pthread_mutex_unlock(&health->lock);
    if (!all) {
        response_header(response, "Retry-After", RETRY_AFTER_SECONDS);
    }
    return response_json(response, all ? 200 : 503,
                         json_pack("{s:s, s:o, s:s, s:o*}", "status", word(all), "responders", responders,
                                   "database", database, "databaseDisk", disk_json(health->disk)));
}

static void add_up(struct text *text, const bool *answers)
{
    text_add(text, "# HELP ticketing_up Whether the process answered (1) or not (0)\n"
                   "# TYPE ticketing_up gauge\n");
    for (size_t i = 0; i < ARRAY_LENGTH(RESPONDERS); i++) {
        text_add(text, "ticketing_up{process=\"");
        text_add(text, RESPONDERS[i]);
        text_add(text, answers[i] ? "\"} 1\n" : "\"} 0\n");
    }
}

static void add_gauge(struct text *text, const char *name, const char *help, int64_t value)
{
    char line[512];
    int length =
        snprintf(line, sizeof(line), "# HELP %s %s\n# TYPE %s gauge\n%s{process=\"%s\"} %" PRId64 "\n", name,
                 help, name, name, OWN_NAME, value);
    assert(length > 0 && length < (int)sizeof(line));
    text_add(text, line);
}

static void add_disk(struct text *text, struct disk_watch *disk)
{
    struct disk_space space = disk_watch_look(disk);
    if (space.state == DISK_UNKNOWN) {
        return;
    }
    add_gauge(text, "ticketing_database_disk_free_bytes", "Space left where PostgreSQL keeps its data",
              space.free_bytes);
    add_gauge(text, "ticketing_database_disk_low_bytes", "An operator has to make space below this",
              space.low_bytes);
    add_gauge(text, "ticketing_database_disk_full_bytes", "Nothing is written below this", space.full_bytes);
}

enum problem health_metrics(struct request *request, struct response *response)
{
    const struct health *health = events_of(request)->health;
    CLEANUP(metrics_merge_free) struct metrics_merge *merge = metrics_merge_new();
    bool answers[ARRAY_LENGTH(RESPONDERS)] = {false};
    for (size_t i = 0; i < ARRAY_LENGTH(RESPONDERS); i++) {
        size_t length = 0;
        bool own = strcmp(RESPONDERS[i], OWN_NAME) == 0;
        CLEANUP(free)
        char *metrics = own ? metrics_render(health->metrics, &length)
                            : ask(health, request_arena(request), RESPONDERS[i], "/-/metrics");
        answers[i] = metrics != NULL;
        if (metrics != NULL) {
            metrics_merge_add(merge, metrics);
        }
    }
    struct text text TEXT_AUTO = {0};
    add_up(&text, answers);
    add_disk(&text, health->disk);
    metrics_merge_render(merge, &text);
    return response_bytes(response, 200, "text/plain; version=0.0.4; charset=utf-8", text.data, text.length);
}
