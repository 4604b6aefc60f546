/* Group commit of holds and releases over the real functions: who waits shares a batch, each request has its
 * own outcome, and a batch that fails takes nobody else with it. A session that keeps update_show()'s lock
 * makes batches wait. */
#include "common/db.h"
#include "fcgi/holds/hold_queue.h"
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CLIENTS = 16, HOLD_SECONDS = 300, HELD_SEATS_MAX = 20, PATIENCE_MS = 5000 };

#define APPLICATION "test_hold_queue"
#define SHOW "5e000000-0000-4000-8000-0000000000aa"

struct fixture {
    struct db_pool *pool;  /* of the queue */
    struct db_pool *other; /* looks on, and blocks */
    struct hold_queue *queue;
    pthread_t blocker;
};

struct client {
    struct hold_job job; /* the first member: the queue hands it back */
    struct hold_queue *queue;
    sem_t answered;
    pthread_t thread;
    struct arena *arena;
    char hold_id[UUID_SIZE];
    char user_id[UUID_SIZE];
    char seat[16];
    const char *seats[1];
    struct hold hold;
    struct hold_request request;
    enum db_status status;
    int answers;
};

static const struct db_statement clean[] = {
    {.sql = "DELETE FROM seat_claims WHERE show_id = '" SHOW "'"},
    {.sql = "DELETE FROM holds WHERE show_id = '" SHOW "'"},
    {.sql = "DELETE FROM shows WHERE id = '" SHOW "'"},
    {.sql = "DELETE FROM events WHERE id = '" SHOW "'"},
    {.sql = "DELETE FROM seatmaps WHERE id = 'test-queue'"},
};
static const struct db_statement make[] = {
    {.sql = "INSERT INTO seatmaps (id, version, name, template, seat_count) VALUES ('test-queue', 1, 'Q', "
            "'{}', 1)"},
    {.sql = "INSERT INTO events (id, title, published) VALUES ('" SHOW "', 'Queue', true)"},
    {.sql = "INSERT INTO shows (id, event_id, seatmap_id, seatmap_version, starts_at, currency) "
            "VALUES ('" SHOW "', '" SHOW "', 'test-queue', 1, now() + interval '1 day', 'VND')"},
};
static const struct db_statement block = {.sql = "SELECT pg_advisory_lock(hashtextextended('show:" SHOW
                                                 "', 0)), pg_sleep($1::float8), "
                                                 "pg_advisory_unlock(hashtextextended('show:" SHOW "', 0))"};
static const struct db_statement blocked = {
    .sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" APPLICATION
           "' AND wait_event_type = 'Lock'"};
static const struct db_statement locked = {
    .sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%show:" SHOW
           "%'"};
static const struct db_statement end_waiting = {
    .sql = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = "
           "'" APPLICATION "' AND wait_event_type = 'Lock'"};
static const struct db_statement transactions = {
    .sql = "SELECT count(DISTINCT changed) FROM seat_claims WHERE show_id = '" SHOW "' AND state = 'held'"};

static const struct db_statement all_transactions = {
    .sql = "SELECT count(DISTINCT changed) FROM seat_claims WHERE show_id = '" SHOW "'"};
static const struct db_statement lock_holds = {
    .sql = "SELECT pg_sleep(0.3) FROM (SELECT id FROM holds WHERE show_id = '" SHOW
           "' FOR UPDATE) AS lock_holds"};
static const struct db_statement holds_locked = {
    .sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE "
           "'%AS lock_holds%' AND pid <> pg_backend_pid()"};

static int64_t ask(struct fixture *fixture, const struct db_statement *statement)
{
    struct db_result *result CLEANUP(db_result_free) = NULL;
    assert_int_equal(db_run(fixture->other, statement, 0, NULL, &result), DB_OK);
    return db_rows(result) > 0 ? db_int(result, 0, 0) : 0;
}

static struct db_pool *open_pool(const char *name)
{
    const char *url = getenv("TEST_DATABASE_URL");
    if (url == NULL) {
        fail_msg("TEST_DATABASE_URL is not set");
    }
    const struct db_options options = {.url = url,
                                       .application_name = name,
                                       .connections = 4,
                                       .wait_ms = 2000,
                                       .statement_timeout_ms = 5000};
    return db_pool_new(&options);
}

static int set_up(void **state)
{
    static const struct hold_limits limits = {.ttl_seconds = HOLD_SECONDS, .max_held_seats = HELD_SEATS_MAX};
    struct fixture *fixture = memory_new(1, sizeof(*fixture));
    fixture->pool = open_pool(APPLICATION);
    fixture->other = open_pool(APPLICATION "_other");
    fixture->queue = hold_queue_new(fixture->pool, &limits);
    *state = fixture;
    for (size_t i = 0; i < ARRAY_LENGTH(clean); i++) {
        (void)ask(fixture, &clean[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(make); i++) {
        (void)ask(fixture, &make[i]);
    }
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(clean); i++) {
        (void)ask(fixture, &clean[i]);
    }
    hold_queue_free(fixture->queue);
    db_pool_free(fixture->pool);
    db_pool_free(fixture->other);
    free(fixture);
    return 0;
}

static void *block_thread(void *argument)
{
    struct fixture *fixture = argument;
    struct db_result *result CLEANUP(db_result_free) = NULL;
    assert_int_equal(db_run(fixture->other, &block, 1, (const char *const[]){"0.5"}, &result), DB_OK);
    return NULL;
}

static void wait_for(struct fixture *fixture, const struct db_statement *statement)
{
    for (int waited = 0; ask(fixture, statement) == 0; waited += 5) {
        assert_true(waited < PATIENCE_MS);
        poll(NULL, 0, 5);
    }
}

/* Half a second in which every hold of the show waits for a lock. */
static void block_show(struct fixture *fixture)
{
    assert_int_equal(pthread_create(&fixture->blocker, NULL, block_thread, fixture), 0);
    wait_for(fixture, &locked);
}

static void take_outcome(struct hold_job *job, enum db_status status)
{
    struct client *client = (struct client *)job;
    client->status = status;
    client->answers++;
    sem_post(&client->answered);
}

static void *client_thread(void *argument)
{
    struct client *client = argument;
    client->job = (struct hold_job){.request = &client->request, .done = take_outcome};
    hold_queue_submit(client->queue, &client->job);
    return NULL;
}

static void start(struct fixture *fixture, struct client *client, const char *seat)
{
    *client = (struct client){.queue = fixture->queue, .arena = arena_new()};
    sem_init(&client->answered, 0, 0);
    uuid_new(client->hold_id);
    uuid_new(client->user_id);
    snprintf(client->seat, sizeof(client->seat), "%s", seat);
    client->seats[0] = client->seat;
    client->hold =
        (struct hold){.id = client->hold_id, .show_id = SHOW, .seats = {.count = 1, .items = client->seats}};
    client->request = (struct hold_request){.arena = client->arena,
                                            .user_id = client->user_id,
                                            .seatmap_id = "test-queue",
                                            .seatmap_version = 1,
                                            .hold = &client->hold};
}

static void launch(struct client *client)
{
    assert_int_equal(pthread_create(&client->thread, NULL, client_thread, client), 0);
}

static void finish(struct client *client)
{
    sem_wait(&client->answered);
    assert_int_equal(pthread_join(client->thread, NULL), 0);
    assert_int_equal(client->answers, 1);
}

static void release(struct client *client)
{
    sem_destroy(&client->answered);
    arena_free(client->arena);
}

/* The same client's next request: to give its hold back. */
static void launch_release(struct client *client)
{
    client->answers = 0;
    client->request.release = true;
    launch(client);
}

static enum hold_outcome outcome(const struct client *client)
{
    assert_int_equal(client->status, DB_OK);
    return client->request.result.outcome;
}

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
    struct db_result *result CLEANUP(db_result_free) = NULL;
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
