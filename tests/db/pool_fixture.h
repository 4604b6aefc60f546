/* pool_fixture.h: two pools, a table and a sequence of their own, for the tests of db*.c; each test gets new
 * ones. */
#ifndef TICKETING_TEST_POOL_FIXTURE_H
#define TICKETING_TEST_POOL_FIXTURE_H

#include "common/clock.h"
#include "common/db.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WAIT_MS = 400, STATEMENT_TIMEOUT_MS = 1500 };

struct fixture {
    struct metrics *metrics;
    struct db_pool *pool;  /* two connections */
    struct db_pool *other; /* one connection: who ends those of `pool` */
    struct arena *arena;
};

static const __attribute__((unused)) struct db_statement create_table = {
    .sql = "CREATE TABLE IF NOT EXISTS " POOL_NAME
           "_items (id integer PRIMARY KEY, note text CHECK (note <> 'no'))"};
static const __attribute__((unused)) struct db_statement create_sequence = {
    .sql = "CREATE SEQUENCE IF NOT EXISTS " POOL_NAME "_runs"};
static const __attribute__((unused)) struct db_statement drop_table = {
    .sql = "DROP TABLE IF EXISTS " POOL_NAME "_items"};
static const __attribute__((unused)) struct db_statement drop_sequence = {
    .sql = "DROP SEQUENCE IF EXISTS " POOL_NAME "_runs"};
static const __attribute__((unused)) struct db_statement insert = {
    .name = "test_insert", .sql = "INSERT INTO " POOL_NAME "_items VALUES ($1::integer, $2)"};
static const __attribute__((unused)) struct db_statement count_items = {
    .name = "test_count", .sql = "SELECT count(*) FROM " POOL_NAME "_items", .repeatable = true};
static const __attribute__((unused)) struct db_statement count_runs = {
    .name = "test_runs", .sql = "SELECT last_value FROM " POOL_NAME "_runs"};
static const __attribute__((unused)) struct db_statement own_pid = {
    .name = "test_pid", .sql = "SELECT pg_backend_pid()", .repeatable = true};
static const __attribute__((unused)) struct db_statement end_backends = {
    .name = "test_end",
    .sql = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1"};
static const __attribute__((unused)) struct db_statement sleep_statement = {
    .name = "test_sleep", .sql = "SELECT pg_sleep($1::float8)"};
static const __attribute__((unused)) struct db_statement next_run = {
    .name = "test_next", .sql = "SELECT nextval('" POOL_NAME "_runs')"};

static __attribute__((unused)) struct db_pool *open_pool(const char *url, const char *name, int connections,
                                                         bool pooled, struct metrics *metrics)
{
    const struct db_options options = {
        .url = url,
        .application_name = name,
        .connections = connections,
        .wait_ms = WAIT_MS,
        .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
        .pooled = pooled,
        .metrics = metrics,
    };
    return db_pool_new(&options);
}

static const char *test_url(void)
{
    const char *url = getenv("TEST_DATABASE_URL");
    if (url == NULL) {
        fail_msg("TEST_DATABASE_URL is not set");
    }
    return url;
}

static __attribute__((unused)) enum db_status run(struct db_pool *pool, const struct db_statement *statement,
                                                  const char *one, const char *two,
                                                  struct db_result **ret_result)
{
    const char *const params[] = {one, two};
    return db_run(pool, statement, (size_t)(one != NULL) + (size_t)(two != NULL), params, ret_result);
}

/* Runs a statement whose result does not matter. */
static __attribute__((unused)) enum db_status
execute(struct db_pool *pool, const struct db_statement *statement, const char *one, const char *two)
{
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return run(pool, statement, one, two, &result);
}

static __attribute__((unused)) int64_t number_of(struct db_pool *pool, const struct db_statement *statement)
{
    CLEANUP(db_result_free) struct db_result *result = NULL;
    assert_int_equal(run(pool, statement, NULL, NULL, &result), DB_OK);
    assert_int_equal(db_rows(result), 1);
    return db_int(result, 0, 0);
}

static __attribute__((unused)) int set_up(void **state)
{
    const char *url = test_url();
    struct fixture *fixture = memory_new(1, sizeof *fixture);
    fixture->metrics = metrics_new("test", 0);
    fixture->pool = open_pool(url, POOL_NAME, 2, false, fixture->metrics);
    fixture->other = open_pool(url, POOL_NAME "_other", 1, false, NULL);
    fixture->arena = arena_new();
    *state = fixture;
    assert_int_equal(execute(fixture->other, &drop_table, NULL, NULL), DB_OK);
    assert_int_equal(execute(fixture->other, &drop_sequence, NULL, NULL), DB_OK);
    assert_int_equal(execute(fixture->other, &create_table, NULL, NULL), DB_OK);
    assert_int_equal(execute(fixture->other, &create_sequence, NULL, NULL), DB_OK);
    return 0;
}

static __attribute__((unused)) int tear_down(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(execute(fixture->other, &drop_table, NULL, NULL), DB_OK);
    assert_int_equal(execute(fixture->other, &drop_sequence, NULL, NULL), DB_OK);
    db_pool_free(fixture->pool);
    db_pool_free(fixture->other);
    metrics_free(fixture->metrics);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

/* The value of a metric by its name. */
static __attribute__((unused)) long metric_value(const struct fixture *fixture, const char *name)
{
    size_t length = 0;
    CLEANUP(free) char *text = metrics_render(fixture->metrics, &length);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        const size_t name_length = strlen(name);
        if (strncmp(line, name, name_length) == 0 && (line[name_length] == '{' || line[name_length] == ' ')) {
            const char *end = strchr(line, '\n');
            const char *value = end;
            while (value[-1] != ' ') {
                value--;
            }
            return strtol(value, NULL, 10);
        }
    }
    fail_msg("no metric %s", name);
    return -1;
}

static __attribute__((unused)) void end_connections_of_pool(struct fixture *fixture)
{
    assert_int_equal(execute(fixture->other, &end_backends, POOL_NAME, NULL), DB_OK);
}

/* What a step is to do, and how often it was run. */
struct script {
    struct fixture *fixture;
    const struct db_statement *statement;
    enum db_status answer; /* when its statements worked */
    int changes_after;     /* from this run on it answers DB_OK; 0: never */
    int runs;
    enum db_status inside; /* what a second statement said */
};

static __attribute__((unused)) enum db_status insert_item(struct db *db, int id)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *const params[] = {db_number(arena, id), "x"};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_query(db, &insert, ARRAY_LENGTH(params), params, &result);
}

static __attribute__((unused)) enum db_status scripted_step(struct db *db, void *context)
{
    struct script *script = context;
    script->runs++;
    const enum db_status status = insert_item(db, 1);
    if (status != DB_OK) {
        return status;
    }
    return script->changes_after != 0 && script->runs >= script->changes_after ? DB_OK : script->answer;
}

#define DB_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
