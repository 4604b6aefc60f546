/* The cache of expanded seat maps over a real table: hits, misses, eviction in use, failures, threads. */
#include "common/seatmap_cache.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CAPACITY = 2 };

struct fixture {
    struct db_pool *pool;
    struct db_pool *absent; /* no server there */
    struct seatmap_cache *cache;
};

static enum db_status execute(struct fixture *fixture, const char *sql)
{
    const struct db_statement statement = {.sql = sql};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return db_run(fixture->pool, &statement, 0, NULL, &result);
}

static void remove_maps(struct fixture *fixture)
{
    assert_int_equal(execute(fixture, "DELETE FROM seatmaps WHERE id = 'test-cache'"), DB_OK);
}

/* Versions 1 to 3 have as many seats as their number says; version 9 is no seat map. */
static int set_up(void **state)
{
    const char *url = getenv("TEST_DATABASE_URL");
    if (url == NULL) {
        fail_msg("TEST_DATABASE_URL is not set");
    }
    struct db_options options = {.url = url,
                                 .application_name = "test_cache",
                                 .connections = 4,
                                 .wait_ms = 2000,
                                 .statement_timeout_ms = 5000};
    struct fixture *fixture = memory_new(1, sizeof *fixture);
    fixture->pool = db_pool_new(&options);
    options.url = "postgresql:///tickets?host=/nonexistent";
    fixture->absent = db_pool_new(&options);
    fixture->cache = seatmap_cache_new(fixture->pool, CAPACITY);
    *state = fixture;
    remove_maps(fixture);
    assert_int_equal(execute(fixture, "INSERT INTO seatmaps (id, version, name, template, seat_count) SELECT "
                                      "'test-cache', n, 'Test', json_build_object("
                                      "'id', 'test-cache', 'name', 'Test', 'format', 'ROW_NUM', "
                                      "'priceTiers', json_build_object('A', 1), 'zones',"
                                      " json_build_array(json_build_object('id', 'A', 'rows', "
                                      "json_build_array(json_build_object('id', 'A', 'from', 1,"
                                      " 'to', n))))), n FROM generate_series(1, 3) AS n"),
                     DB_OK);
    assert_int_equal(execute(fixture, "INSERT INTO seatmaps (id, version, name, template, seat_count) VALUES"
                                      " ('test-cache', 9, 'Test', '{}', 1)"),
                     DB_OK);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    remove_maps(fixture);
    seatmap_cache_free(fixture->cache);
    db_pool_free(fixture->pool);
    db_pool_free(fixture->absent);
    free(fixture);
    return 0;
}

static const struct seatmap *get(struct fixture *fixture, int64_t version)
{
    const struct seatmap *map = NULL;
    assert_int_equal(seatmap_cache_get(fixture->cache, "test-cache", version, &map), DB_OK);
    assert_int_equal(seatmap_seat_count(map), version);
    return map;
}

static void use(struct fixture *fixture, int64_t version)
{
    seatmap_cache_release(fixture->cache, get(fixture, version));
}

static bool is_kept(struct fixture *fixture, int64_t version)
{
    const struct seatmap *map = NULL;
    const enum db_status status = seatmap_cache_get(fixture->cache, "test-cache", version, &map);
    seatmap_cache_release(fixture->cache, map);
    return status == DB_OK;
}

static void a_map_is_loaded_once(void **state)
{
    struct fixture *fixture = *state;
    const struct seatmap *first = get(fixture, 2);
    remove_maps(fixture); /* from now on only the cache has it */
    const struct seatmap *second = get(fixture, 2);
    assert_ptr_equal(first, second);
    seatmap_cache_release(fixture->cache, first);
    seatmap_cache_release(fixture->cache, second);
    assert_true(is_kept(fixture, 2));
}

static void an_unknown_version_is_none(void **state)
{
    struct fixture *fixture = *state;
    const struct seatmap *map = NULL;
    assert_int_equal(seatmap_cache_get(fixture->cache, "test-cache", 4, &map), DB_NONE);
    assert_int_equal(seatmap_cache_get(fixture->cache, "no-such-map", 1, &map), DB_NONE);
    assert_null(map);
    seatmap_cache_release(fixture->cache, NULL);
}

static void a_stored_template_that_is_wrong_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    const struct seatmap *map = NULL;
    assert_int_equal(seatmap_cache_get(fixture->cache, "test-cache", 9, &map), DB_FAILED);
    assert_null(map);
}

static void the_least_recently_used_goes_first(void **state)
{
    struct fixture *fixture = *state;
    use(fixture, 1);
    use(fixture, 2);
    use(fixture, 1);
    use(fixture, 3);
    remove_maps(fixture);
    assert_true(is_kept(fixture, 1));
    assert_true(is_kept(fixture, 3));
    assert_false(is_kept(fixture, 2));
}

static void a_map_in_use_outlives_its_eviction(void **state)
{
    struct fixture *fixture = *state;
    const struct seatmap *held = get(fixture, 1);
    use(fixture, 2);
    use(fixture, 3);
    const struct seatmap *again = get(fixture, 1); /* loaded anew */
    assert_ptr_not_equal(held, again);
    assert_string_equal(seatmap_seat(held, 0)->id, "A1");
    seatmap_cache_release(fixture->cache, held);
    seatmap_cache_release(fixture->cache, again);
}

static void a_failure_is_not_remembered(void **state)
{
    struct fixture *fixture = *state;
    struct seatmap_cache *cache = seatmap_cache_new(fixture->absent, 1);
    const struct seatmap *map = NULL;
    assert_int_equal(seatmap_cache_get(cache, "test-cache", 1, &map), DB_UNAVAILABLE);
    assert_int_equal(seatmap_cache_get(cache, "test-cache", 1, &map), DB_UNAVAILABLE);
    seatmap_cache_free(cache);
    assert_false(is_kept(fixture, 4));
    assert_int_equal(
        execute(fixture, "UPDATE seatmaps SET version = 4, template = replace(template::text, '\"to\" : 3',"
                         " '\"to\" : 4')::json WHERE id = 'test-cache' AND version = 3"),
        DB_OK);
    use(fixture, 4);
    seatmap_cache_free(NULL);
}

static void *use_many_times(void *context)
{
    struct fixture *fixture = context;
    for (int i = 0; i < 200; i++) {
        use(fixture, i % 3 + 1);
    }
    return NULL;
}

static void threads_share_the_cache(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[6];
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use_many_times, fixture), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
        pthread_join(threads[i], NULL);
    }
}

#define CACHE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CACHE_TEST(a_map_is_loaded_once),
        CACHE_TEST(an_unknown_version_is_none),
        CACHE_TEST(a_stored_template_that_is_wrong_is_an_error),
        CACHE_TEST(the_least_recently_used_goes_first),
        CACHE_TEST(a_map_in_use_outlives_its_eviction),
        CACHE_TEST(a_failure_is_not_remembered),
        CACHE_TEST(threads_share_the_cache),
    };
    return cmocka_run_group_tests_name("seatmap_cache", tests, NULL, NULL);
}
