/* ticketing-seatmap: checks seat map templates, and loads them into the database.
 *
 *   ticketing-seatmap check FILE…    every fault as "FILE: path: message"
 *   ticketing-seatmap load FILE…     the same, then stores each file that is well: "id version seats"
 *
 * `load` takes DATABASE_URL (and its companions) from the environment. Nothing is stored when any file has a
 * fault. Exit codes: 0 all well, 1 faults or no database, 2 wrong usage. */
#include "common/config.h"
#include "common/seatmap.h"
#include "common/seatmap_names.h"
#include "fcgi/events/seatmaps_db.h"
#include <stdio.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

/* The map of a file; NULL when it has faults, which have been printed. */
static struct seatmap *read_map(const char *file)
{
    json_error_t error;
    json_auto_t *template = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    if (template == NULL) {
        if (error.line > 0) {
            printf("%s: $: line %d, column %d: %s\n", file, error.line, error.column, error.text);
        } else {
            printf("%s: $: %s\n", file, error.text);
        }
        return NULL;
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct seatmap *map = seatmap_parse(template, faults);
    if (map != NULL) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        seatmap_names_check(arena, template, faults);
    }
    size_t count = fault_count(faults);
    for (size_t i = 0; i < count && i < FAULT_LIMIT; i++) {
        printf("%s: %s: %s\n", file, fault_path(faults, i), fault_message(faults, i));
    }
    if (count > FAULT_LIMIT) {
        printf("%s: and %zu more\n", file, count - FAULT_LIMIT);
    }
    if (count > 0) {
        seatmap_free(map);
        map = NULL;
    }
    return map;
}

static bool check(size_t count, char *const files[])
{
    bool well = true;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(seatmap_free) struct seatmap *map = read_map(files[i]);
        well = map != NULL && well;
    }
    return well;
}

static bool store(struct db_pool *pool, struct arena *arena, const char *file)
{
    CLEANUP(seatmap_free) struct seatmap *map = read_map(file);
    if (map == NULL) {
        return false;
    }
    int64_t version = 0;
    bool first = false;
    if (seatmaps_db_put(pool, arena, map, &version, &first) != DB_OK) {
        fprintf(stderr, "%s: the database did not take it\n", file);
        return false;
    }
    printf("%s %lld %zu\n", seatmap_id(map), (long long)version, seatmap_seat_count(map));
    return true;
}

static bool load(size_t count, char *const files[])
{
    struct config config;
    if (!config_load(CONFIG_TOOL, &config, stderr) || !check(count, files)) {
        return false;
    }
    log_open("seatmap", LOG_LEVEL_WARN);
    struct db_pool *pool = db_pool_new(&(struct db_options){
        .url = config.database_url,
        .application_name = "ticketing-seatmap",
        .connections = 1,
        .wait_ms = (int)config.database_wait_ms,
        .statement_timeout_ms = (int)config.database_statement_timeout_ms,
        .pooled = config.database_pooled,
    });
    CLEANUP(arena_free) struct arena *arena = arena_new();
    bool well = true;
    for (size_t i = 0; i < count && well; i++) {
        well = store(pool, arena, files[i]);
    }
    db_pool_free(pool);
    return well;
}

int main(int argc, char *argv[])
{
    bool loading = argc > 2 && strcmp(argv[1], "load") == 0;
    if (argc < 3 || (!loading && strcmp(argv[1], "check") != 0)) {
        fputs("usage: ticketing-seatmap check FILE...\n"
              "       ticketing-seatmap load FILE...    (needs DATABASE_URL)\n",
              stderr);
        return EXIT_USAGE;
    }
    size_t count = (size_t)argc - 2;
    bool well = loading ? load(count, argv + 2) : check(count, argv + 2);
    return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
