/* A show with a queue of holds over the real database, clients that put requests into it, and sessions that
 * make them wait. */
#ifndef TESTS_HOLD_QUEUE_FIXTURE_H
#define TESTS_HOLD_QUEUE_FIXTURE_H

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
    CLEANUP(db_result_free) struct db_result *result = NULL;
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
    CLEANUP(db_result_free) struct db_result *result = NULL;
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

#endif
