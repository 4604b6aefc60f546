/* What happens when the server goes away, forgets, does not answer or lets others wait. */
#define POOL_NAME "test_db_failure"
#include "tests/db/pool_fixture.h"

/* Opens both connections of the pool. */
static enum db_status other_connection_step(struct db *db, void *context)
{
    struct fixture *fixture = context;
    (void)db;
    return execute(fixture->pool, &insert, "100", "x");
}

static void idle_connections_that_were_closed_are_replaced(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(number_of(fixture->pool, &own_pid) > 0, 1);
    assert_int_equal(db_transaction(fixture->pool, other_connection_step, fixture), DB_OK);
    for (int i = 0; i < 3; i++) {
        end_connections_of_pool(fixture);
        assert_int_equal(execute(fixture->pool, &next_run, NULL, NULL), DB_OK);
        struct script script = {.answer = DB_NONE};
        assert_int_equal(db_transaction(fixture->pool, scripted_step, &script), DB_NONE);
        assert_int_equal(script.runs, 1);
    }
    assert_int_equal(number_of(fixture->pool, &count_runs), 3);
    assert_int_not_equal(metric_value(fixture, "ticketing_db_reconnects_total"), 0);
}

/* Each run counts itself, also when it is rolled back, then its server process ends under it. */
static void a_statement_that_did_not_run_is_repeated_once(void **state)
{
    static const struct db_statement suicide = {
        .name = "test_suicide",
        .sql = "SELECT nextval('" POOL_NAME "_runs'), pg_terminate_backend(pg_backend_pid()), pg_sleep(0.2)"};
    struct fixture *fixture = *state;
    assert_int_equal(execute(fixture->pool, &suicide, NULL, NULL), DB_UNAVAILABLE);
    assert_int_equal(number_of(fixture->pool, &count_runs), 2);
}

static enum db_status lost_step(struct db *db, void *context)
{
    struct script *script = context;
    script->runs++;
    const enum db_status status = insert_item(db, 1);
    if (status == DB_OK && script->runs < script->changes_after) {
        end_connections_of_pool(script->fixture);
        script->inside = insert_item(db, 2);
        (void)insert_item(db, 3);
        return script->inside;
    }
    return status;
}

static void a_transaction_whose_connection_broke_runs_again_once(void **state)
{
    struct fixture *fixture = *state;
    struct script script = {.fixture = fixture, .changes_after = 2};
    assert_int_equal(db_transaction(fixture->pool, lost_step, &script), DB_OK);
    assert_int_equal(script.runs, 2);
    assert_int_equal(script.inside, DB_UNAVAILABLE);
    assert_int_equal(number_of(fixture->pool, &count_items), 1);
}

static void a_transaction_whose_connection_breaks_again_fails(void **state)
{
    struct fixture *fixture = *state;
    struct script script = {.fixture = fixture, .changes_after = 9};
    assert_int_equal(db_transaction(fixture->pool, lost_step, &script), DB_UNAVAILABLE);
    assert_int_equal(script.runs, 2);
    assert_int_equal(number_of(fixture->pool, &count_items), 0);
}

/* Between the last statement and COMMIT: nobody can tell whether it was committed, so the step is not run
 * again. */
static enum db_status lost_before_commit_step(struct db *db, void *context)
{
    struct script *script = context;
    script->runs++;
    const enum db_status status = insert_item(db, 1);
    end_connections_of_pool(script->fixture);
    return status;
}

static void a_connection_lost_during_commit_is_not_run_again(void **state)
{
    struct fixture *fixture = *state;
    struct script script = {.fixture = fixture};
    assert_int_equal(db_transaction(fixture->pool, lost_before_commit_step, &script), DB_UNAVAILABLE);
    assert_int_equal(script.runs, 1);
}

static void a_forgotten_prepared_statement_is_prepared_again(void **state)
{
    static const struct db_statement forget = {.sql = "DEALLOCATE ALL"};
    static const struct db_statement widen = {.sql =
                                                  "ALTER TABLE " POOL_NAME "_items ADD COLUMN extra integer"};
    static const struct db_statement all = {.name = "test_all", .sql = "SELECT * FROM " POOL_NAME "_items"};
    struct fixture *fixture = *state;
    assert_int_equal(execute(fixture->pool, &all, NULL, NULL), DB_OK);
    assert_int_equal(execute(fixture->other, &widen, NULL, NULL), DB_OK);
    assert_int_equal(execute(fixture->pool, &all, NULL, NULL), DB_OK); /* 0A000: the result type changed */
    assert_int_equal(execute(fixture->pool, &forget, NULL, NULL), DB_OK);
    assert_int_equal(execute(fixture->pool, &all, NULL, NULL), DB_OK); /* 26000 */
    assert_int_equal(metric_value(fixture, "ticketing_db_reconnects_total"), 2);
}

static enum db_status silent_step(struct db *db, void *context)
{
    static const struct db_statement no_limit = {.sql = "SET LOCAL statement_timeout = 0"};
    static const char *const params[] = {"20"};
    struct script *script = context;
    script->runs++;
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_query(db, &no_limit, 0, NULL, &result);
    if (status == DB_OK) {
        CLEANUP(db_result_free) struct db_result *never = NULL;
        status = db_query(db, &sleep_statement, 1, params, &never);
    }
    return status;
}

/* A server that holds the connection open and says nothing (a frozen machine) must not hold the thread. */
static void a_server_that_does_not_answer_is_given_up(void **state)
{
    struct fixture *fixture = *state;
    struct script script = {0};
    const int64_t start_us = clock_monotonic_us();
    assert_int_equal(db_transaction(fixture->pool, silent_step, &script), DB_UNAVAILABLE);
    assert_int_equal(script.runs, 1);
    assert_in_range(clock_monotonic_us() - start_us, 2000000, 6000000);
    assert_int_equal(execute(fixture->pool, &count_items, NULL, NULL), DB_OK);
}

struct row_lock {
    struct fixture *fixture;
    enum db_status waited;
};

static enum db_status lock_step(struct db *db, void *context)
{
    static const struct db_statement update = {
        .name = "test_update", .sql = "UPDATE " POOL_NAME "_items SET note = 'y' WHERE id = 1"};
    struct row_lock *lock = context;
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_query(db, &update, 0, NULL, &result);
    if (status == DB_OK) {
        lock->waited = execute(lock->fixture->other, &update, NULL, NULL);
    }
    return status;
}

static void waiting_for_a_lock_ends(void **state)
{
    struct fixture *fixture = *state;
    struct row_lock lock = {.fixture = fixture};
    assert_int_equal(execute(fixture->pool, &insert, "1", "x"), DB_OK);
    const int64_t start_us = clock_monotonic_us();
    assert_int_equal(db_transaction(fixture->pool, lock_step, &lock), DB_OK);
    assert_int_equal(lock.waited, DB_UNAVAILABLE);
    assert_true(clock_monotonic_us() - start_us < 5000000);
}

static void an_absent_server_is_reported_at_once_and_recovery_needs_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct db_pool *absent =
        open_pool("postgresql:///tickets?host=/nonexistent", POOL_NAME "_absent", 1, false, fixture->metrics);
    const int64_t start_us = clock_monotonic_us();
    for (int i = 0; i < 3; i++) { /* more often than there are connections: none is leaked */
        assert_int_equal(execute(absent, &count_items, NULL, NULL), DB_UNAVAILABLE);
        struct script script = {0};
        assert_int_equal(db_transaction(absent, scripted_step, &script), DB_UNAVAILABLE);
        assert_int_equal(script.runs, 0);
        assert_false(db_ready(absent));
    }
    assert_true(clock_monotonic_us() - start_us < (int64_t)WAIT_MS * 1000);
    db_pool_free(absent);
    db_pool_free(NULL);
    assert_true(db_ready(fixture->pool));
    end_connections_of_pool(fixture);
    assert_true(db_ready(fixture->pool));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DB_TEST(idle_connections_that_were_closed_are_replaced),
        DB_TEST(a_statement_that_did_not_run_is_repeated_once),
        DB_TEST(a_transaction_whose_connection_broke_runs_again_once),
        DB_TEST(a_transaction_whose_connection_breaks_again_fails),
        DB_TEST(a_connection_lost_during_commit_is_not_run_again),
        DB_TEST(a_forgotten_prepared_statement_is_prepared_again),
        DB_TEST(a_server_that_does_not_answer_is_given_up),
        DB_TEST(waiting_for_a_lock_ends),
        DB_TEST(an_absent_server_is_reported_at_once_and_recovery_needs_nothing),
    };
    return cmocka_run_group_tests_name("db_failure", tests, NULL, NULL);
}
