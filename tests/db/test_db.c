/* Statements, transactions, the pool's limit and SQLSTATEs against a real PostgreSQL. */
#define POOL_NAME "test_db"
#include "tests/db/pool_fixture.h"
#include <pthread.h>

static void values_come_back_as_they_are(void **state)
{
    static const struct db_statement values = {
        .name = "test_values",
        .sql = "SELECT $1::text, NULL::text, 9223372036854775807::bigint, true, false, now() = now() AT TIME "
               "ZONE 'UTC'"};
    struct fixture *fixture = *state;
    CLEANUP(db_result_free) struct db_result *result = NULL;
    assert_int_equal(run(fixture->pool, &values, "Ghế \"1\"", NULL, &result), DB_OK);
    assert_int_equal(db_rows(result), 1);
    assert_string_equal(db_text(result, 0, 0), "Ghế \"1\"");
    assert_null(db_text(result, 0, 1));
    assert_int_equal(db_int(result, 0, 1), 0);
    assert_false(db_bool(result, 0, 1));
    assert_true(db_int(result, 0, 2) == INT64_MAX);
    assert_true(db_bool(result, 0, 3));
    assert_false(db_bool(result, 0, 4));
    assert_true(db_bool(result, 0, 5));
}

static const struct db_statement find_item = {
    .name = "test_find", .sql = "SELECT note FROM " POOL_NAME "_items WHERE id = $1::integer"};

/* Reads what it has written, then what nobody has. */
static enum db_status write_and_find(struct db *db, void *context)
{
    CLEANUP(db_result_free) struct db_result *found = NULL;
    CLEANUP(db_result_free) struct db_result *missing = NULL;
    (void)context;
    enum db_status status = insert_item(db, 1);
    if (status == DB_OK) {
        status = db_query_row(db, &find_item, 1, (const char *const[]){"1"}, &found);
    }
    if (status != DB_OK || strcmp(db_text(found, 0, 0), "x") != 0) {
        return DB_FAILED;
    }
    return db_query_row(db, &find_item, 1, (const char *const[]){"2"}, &missing);
}

static void without_the_row_that_is_wanted_there_is_none(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const char *const one[] = {"1"};
    assert_int_equal(db_transaction(fixture->pool, write_and_find, NULL), DB_NONE);
    assert_int_equal(db_run_row(fixture->pool, &find_item, 1, one, &result), DB_NONE); /* it rolled back */
    assert_null(result);
    assert_int_equal(execute(fixture->pool, &insert, "1", "here"), DB_OK);
    assert_int_equal(db_run_row(fixture->pool, &find_item, 1, one, &result), DB_OK);
    assert_string_equal(db_text(result, 0, 0), "here");
    CLEANUP(db_result_free) struct db_result *refused = NULL;
    const char *const wrong[] = {"one"};
    assert_int_equal(db_run_row(fixture->pool, &find_item, 1, wrong, &refused), DB_INVALID);
    assert_null(refused);
}

static const struct db_statement settings = {
    .name = "test_settings",
    .sql = "SELECT concat_ws(' ', current_setting('lock_timeout'), current_setting('statement_timeout'),"
           " current_setting('TimeZone'), current_setting('client_encoding'), "
           "current_setting('application_name'))"};

static void the_session_is_set_up(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(db_result_free) struct db_result *result = NULL;
    assert_int_equal(run(fixture->pool, &settings, NULL, NULL, &result), DB_OK);
    assert_string_equal(db_text(result, 0, 0), "900ms 1500ms UTC UTF8 " POOL_NAME);
}

static enum db_status read_settings(struct db *db, void *context)
{
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_query(db, &settings, 0, NULL, &result);
    if (status == DB_OK) {
        *(char **)context = memory_text(db_text(result, 0, 0));
    }
    return status;
}

static const struct db_statement prepared_count = {.name = "test_prepared",
                                                   .sql = "SELECT count(*) FROM pg_prepared_statements"};

/* Behind PgBouncer nothing may be left in the session, yet the limits must hold in each transaction. */
static void a_pooled_session_is_left_as_it_was(void **state)
{
    (void)state;
    struct db_pool *pool = open_pool(test_url(), POOL_NAME "_pooled", 1, true, NULL);
    CLEANUP(db_result_free) struct db_result *result = NULL;
    assert_int_equal(run(pool, &settings, NULL, NULL, &result), DB_OK);
    assert_string_equal(db_text(result, 0, 0), "900ms 1500ms UTC UTF8 " POOL_NAME "_pooled");
    CLEANUP(free) char *in_transaction = NULL;
    assert_int_equal(db_transaction(pool, read_settings, &in_transaction), DB_OK);
    assert_string_equal(in_transaction, "900ms 1500ms UTC UTF8 " POOL_NAME "_pooled");
    assert_int_equal(number_of(pool, &prepared_count), 0);
    assert_int_equal(execute(pool, &insert, "1", "x"), DB_OK);
    assert_int_equal(execute(pool, &insert, "1", "x"), DB_CONFLICT);
    assert_int_equal(number_of(pool, &count_items), 1);
    db_pool_free(pool);
}

static void statements_are_prepared_once_a_connection(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(number_of(fixture->other, &count_items), 0);
    }
    assert_int_equal(number_of(fixture->other, &prepared_count), 2);
}

static void sqlstates_have_their_status(void **state)
{
    static const struct {
        const char *sql;
        enum db_status status;
    } cases[] = {
        {"INSERT INTO " POOL_NAME "_items VALUES (7, NULL), (7, NULL)", DB_CONFLICT},
        {"INSERT INTO " POOL_NAME "_items VALUES (7, 'no')", DB_INVALID},
        {"INSERT INTO " POOL_NAME "_items VALUES (NULL, 'x')", DB_INVALID},
        {"SELECT 'x'::text::integer", DB_INVALID},
        {"SELECT 1 / 0", DB_INVALID},
        {"SELECT nothing FROM nowhere", DB_FAILED},
        {"SELEC 1", DB_FAILED},
        {"DO $$ BEGIN RAISE EXCEPTION 'x'; END $$", DB_FAILED},
        {"SELECT pg_sleep(5)", DB_UNAVAILABLE},
        {"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$", DB_UNAVAILABLE},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct db_statement statement = {.sql = cases[i].sql};
        struct db_result *result = NULL;
        const enum db_status status = run(fixture->pool, &statement, NULL, NULL, &result);
        if (status != cases[i].status || result != NULL) {
            fail_msg("%s: %d", cases[i].sql, (int)status);
        }
        assert_int_equal(number_of(fixture->pool, &count_items), 0); /* the connection goes on */
    }
    assert_int_equal(metric_value(fixture, "ticketing_db_reconnects_total"), 0);
}

static void a_transaction_commits_all_or_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct script script = {.answer = DB_NONE};
    assert_int_equal(db_transaction(fixture->pool, scripted_step, &script), DB_NONE);
    assert_int_equal(number_of(fixture->pool, &count_items), 0);
    script.answer = DB_OK;
    assert_int_equal(db_transaction(fixture->pool, scripted_step, &script), DB_OK);
    assert_int_equal(number_of(fixture->pool, &count_items), 1);
    assert_int_equal(db_transaction(fixture->pool, scripted_step, &script), DB_CONFLICT);
    assert_int_equal(script.runs, 3);
}

static void a_conflict_is_run_again_a_bounded_number_of_times(void **state)
{
    struct fixture *fixture = *state;
    struct script script = {.answer = DB_RETRY};
    assert_int_equal(db_transaction(fixture->pool, scripted_step, &script), DB_UNAVAILABLE);
    assert_int_equal(script.runs, 5);
    assert_int_equal(number_of(fixture->pool, &count_items), 0);
    script = (struct script){.answer = DB_RETRY, .changes_after = 3};
    assert_int_equal(db_transaction(fixture->pool, scripted_step, &script), DB_OK);
    assert_int_equal(script.runs, 3);
    assert_int_equal(number_of(fixture->pool, &count_items), 1);
    assert_int_equal(metric_value(fixture, "ticketing_db_retries_total"), 6);
}

static enum db_status careless_step(struct db *db, void *context)
{
    struct script *script = context;
    script->runs++;
    (void)insert_item(db, 1);
    (void)insert_item(db, 1);
    script->inside = insert_item(db, 2);
    return DB_OK;
}

/* PostgreSQL would answer COMMIT with a silent ROLLBACK. */
static void a_step_that_overlooks_a_failure_does_not_succeed(void **state)
{
    struct fixture *fixture = *state;
    struct script script = {0};
    assert_int_equal(db_transaction(fixture->pool, careless_step, &script), DB_CONFLICT);
    assert_int_equal(script.inside, DB_FAILED); /* 25P02: the transaction is aborted */
    assert_int_equal(number_of(fixture->pool, &count_items), 0);
}

static enum db_status idle_step(struct db *db, void *context)
{
    (void)db;
    return *(enum db_status *)context;
}

static void a_transaction_without_statements_needs_no_server(void **state)
{
    struct fixture *fixture = *state;
    enum db_status answer = DB_OK;
    assert_int_equal(db_transaction(fixture->pool, idle_step, &answer), DB_OK);
    answer = DB_INVALID;
    assert_int_equal(db_transaction(fixture->pool, idle_step, &answer), DB_INVALID);
}

/* The only connection is lent to the step, so the one it asks for on the side cannot come. */
static enum db_status greedy_step(struct db *db, void *context)
{
    struct script *script = context;
    (void)db;
    script->inside = execute(script->fixture->other, &count_items, NULL, NULL);
    return DB_OK;
}

static void waiting_for_a_connection_ends(void **state)
{
    struct fixture *fixture = *state;
    struct script script = {.fixture = fixture};
    const int64_t start_us = clock_monotonic_us();
    assert_int_equal(db_transaction(fixture->other, greedy_step, &script), DB_OK);
    assert_int_equal(script.inside, DB_UNAVAILABLE);
    assert_in_range(clock_monotonic_us() - start_us, WAIT_MS * 1000, WAIT_MS * 1000 + 500000);
    assert_int_equal(number_of(fixture->other, &count_items), 0);
}

static void *count_many_times(void *context)
{
    struct fixture *fixture = context;
    int64_t done = 0;
    for (int i = 0; i < 50; i++) {
        done += execute(fixture->pool, &next_run, NULL, NULL) == DB_OK;
    }
    return memory_text(done == 50 ? "done" : "failed");
}

static void many_threads_share_few_connections(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[8];
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, count_many_times, fixture), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
        void *outcome = NULL;
        pthread_join(threads[i], &outcome);
        assert_string_equal(outcome, "done");
        free(outcome);
    }
    assert_int_equal(number_of(fixture->pool, &count_runs), 400);
    static const struct db_statement connections = {
        .sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" POOL_NAME "'"};
    assert_in_range(number_of(fixture->other, &connections), 1, 2);
    assert_int_equal(metric_value(fixture, "ticketing_db_pool_in_use"), 0);
    assert_int_not_equal(metric_value(fixture, "ticketing_db_pool_waits_total"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DB_TEST(values_come_back_as_they_are),
        DB_TEST(without_the_row_that_is_wanted_there_is_none),
        DB_TEST(the_session_is_set_up),
        DB_TEST(a_pooled_session_is_left_as_it_was),
        DB_TEST(statements_are_prepared_once_a_connection),
        DB_TEST(sqlstates_have_their_status),
        DB_TEST(a_transaction_commits_all_or_nothing),
        DB_TEST(a_conflict_is_run_again_a_bounded_number_of_times),
        DB_TEST(a_step_that_overlooks_a_failure_does_not_succeed),
        DB_TEST(a_transaction_without_statements_needs_no_server),
        DB_TEST(waiting_for_a_connection_ends),
        DB_TEST(many_threads_share_few_connections),
    };
    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
