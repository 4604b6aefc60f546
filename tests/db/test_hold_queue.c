/* Group commit of holds and releases over the real functions: who waits shares a batch, each request has its
 * own outcome, and a batch that fails takes nobody else with it. A session that keeps update_show()'s lock
 * makes batches wait. */
#include "tests/db/hold_queue_fixture.h"

static void one_of_many_gets_a_seat(void **state)
{
    struct fixture *fixture = *state;
    struct client clients[CLIENTS];
    int granted = 0;
    for (int i = 0; i < CLIENTS; i++) {
        start(fixture, &clients[i], "A1");
        launch(&clients[i]);
    }
    for (int i = 0; i < CLIENTS; i++) {
        finish(&clients[i]);
        assert_int_equal(clients[i].status, DB_OK);
        const struct hold_result *result = &clients[i].request.result;
        if (result->outcome == HOLD_GRANTED) {
            granted++;
            assert_true(clients[i].hold.expires_at_ms > 0);
        } else {
            assert_int_equal(result->outcome, HOLD_SEATS_UNAVAILABLE);
            assert_int_equal(result->taken.count, 1);
            assert_string_equal(result->taken.items[0], "A1");
        }
        release(&clients[i]);
    }
    assert_int_equal(granted, 1);
}

static void who_waits_shares_a_transaction(void **state)
{
    struct fixture *fixture = *state;
    struct client clients[CLIENTS];
    char seat[16];
    block_show(fixture);
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(seat, sizeof(seat), "A%d", i + 1);
        start(fixture, &clients[i], seat);
        launch(&clients[i]);
    }
    for (int i = 0; i < CLIENTS; i++) {
        finish(&clients[i]);
        assert_int_equal(clients[i].status, DB_OK);
        assert_int_equal(clients[i].request.result.outcome, HOLD_GRANTED);
        release(&clients[i]);
    }
    pthread_join(fixture->blocker, NULL);
    assert_in_range(ask(fixture, &transactions), 1, 3); /* the first alone, the others together */
}

static void a_faulty_request_fails_alone(void **state)
{
    struct fixture *fixture = *state;
    struct client clients[4];
    char seat[16];
    block_show(fixture);
    for (int i = 0; i < 4; i++) {
        snprintf(seat, sizeof(seat), "A%d", i + 1);
        start(fixture, &clients[i], seat);
        if (i == 2) {
            clients[i].request.user_id = "nobody"; /* no UUID: the statement as a whole is refused */
        }
        launch(&clients[i]);
        if (i == 0) {
            wait_for(fixture, &blocked); /* the others come behind the batch in flight */
        }
    }
    for (int i = 0; i < 4; i++) {
        finish(&clients[i]);
        assert_int_equal(clients[i].status, i == 2 ? DB_INVALID : DB_OK);
        release(&clients[i]);
    }
    pthread_join(fixture->blocker, NULL);
}

/* The server says that the transaction was not committed, so the batch is run again on another connection. */
static void a_batch_survives_its_connection(void **state)
{
    struct fixture *fixture = *state;
    struct client clients[2];
    block_show(fixture);
    for (int i = 0; i < 2; i++) {
        start(fixture, &clients[i], i == 0 ? "A1" : "A2");
        launch(&clients[i]);
        if (i == 0) {
            wait_for(fixture, &blocked);
        }
    }
    assert_int_equal(ask(fixture, &end_waiting), 1);
    for (int i = 0; i < 2; i++) {
        finish(&clients[i]);
        assert_int_equal(clients[i].status, DB_OK);
        assert_int_equal(clients[i].request.result.outcome, HOLD_GRANTED);
        release(&clients[i]);
    }
    pthread_join(fixture->blocker, NULL);
}

/* Half of the clients give back what they hold while the other half asks for other seats. */
static void releases_share_the_transactions_of_holds(void **state)
{
    struct fixture *fixture = *state;
    struct client clients[CLIENTS];
    char seat[16];
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(seat, sizeof(seat), "A%d", i + 1);
        start(fixture, &clients[i], seat);
        if (i % 2 == 0) {
            launch(&clients[i]);
            finish(&clients[i]);
            assert_int_equal(outcome(&clients[i]), HOLD_GRANTED);
        }
    }
    block_show(fixture);
    launch(&clients[1]);
    wait_for(fixture, &blocked); /* the others come behind this batch */
    for (int i = 0; i < CLIENTS; i++) {
        if (i % 2 == 0) {
            launch_release(&clients[i]);
        } else if (i > 1) {
            launch(&clients[i]);
        }
    }
    for (int i = 0; i < CLIENTS; i++) {
        finish(&clients[i]);
        assert_int_equal(outcome(&clients[i]), i % 2 == 0 ? HOLD_RELEASED : HOLD_GRANTED);
    }
    pthread_join(fixture->blocker, NULL);
    assert_int_equal(ask(fixture, &all_transactions), 2);
    launch_release(&clients[0]); /* once more */
    finish(&clients[0]);
    assert_int_equal(outcome(&clients[0]), HOLD_NOT_FOUND);
    for (int i = 0; i < CLIENTS; i++) {
        release(&clients[i]);
    }
}

static void *lock_thread(void *argument)
{
    struct fixture *fixture = argument;
    CLEANUP(db_result_free) struct db_result *result = NULL;
    assert_int_equal(db_run(fixture->other, &lock_holds, 0, NULL, &result), DB_OK);
    return NULL;
}

/* Somebody has a lock on the hold, as a checkout does: the release waits for it. */
static void a_locked_hold_is_given_back_in_the_end(void **state)
{
    struct fixture *fixture = *state;
    struct client client;
    start(fixture, &client, "A1");
    launch(&client);
    finish(&client);
    assert_int_equal(pthread_create(&fixture->blocker, NULL, lock_thread, fixture), 0);
    wait_for(fixture, &holds_locked);
    launch_release(&client);
    wait_for(fixture, &blocked);
    finish(&client);
    assert_int_equal(outcome(&client), HOLD_RELEASED);
    pthread_join(fixture->blocker, NULL);
    release(&client);
}

static void no_database_is_told_to_everybody(void **state)
{
    struct fixture *fixture = *state;
    const struct hold_limits limits = {.ttl_seconds = HOLD_SECONDS, .max_held_seats = HELD_SEATS_MAX};
    const struct db_options options = {.url = "postgresql:///tickets?host=/nonexistent",
                                       .application_name = APPLICATION,
                                       .connections = 2,
                                       .wait_ms = 100,
                                       .statement_timeout_ms = 1000};
    struct db_pool *absent = db_pool_new(&options);
    struct hold_queue *queue = hold_queue_new(absent, &limits);
    struct client clients[4];
    for (int i = 0; i < 4; i++) {
        start(fixture, &clients[i], "A1");
        clients[i].queue = queue;
        launch(&clients[i]);
    }
    for (int i = 0; i < 4; i++) {
        finish(&clients[i]);
        assert_int_equal(clients[i].status, DB_UNAVAILABLE);
        release(&clients[i]);
    }
    hold_queue_free(queue);
    db_pool_free(absent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_of_many_gets_a_seat, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_waits_shares_a_transaction, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_faulty_request_fails_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_survives_its_connection, set_up, tear_down),
        cmocka_unit_test_setup_teardown(releases_share_the_transactions_of_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_locked_hold_is_given_back_in_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_database_is_told_to_everybody, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
