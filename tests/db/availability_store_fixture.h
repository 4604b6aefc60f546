/* availability_store_fixture.h: shows with a database, for the tests of availability_store.c; each test gets
 * new ones.
 *
 * The store does not show what it keeps. But a claim that looks as if an old transaction had written it is
 * seen by a full read only, not by one of the changes: so a show that is told with it had been forgotten. */
#ifndef TICKETING_TEST_AVAILABILITY_STORE_FIXTURE_H
#define TICKETING_TEST_AVAILABILITY_STORE_FIXTURE_H

#include "common/identifier.h"
#include "fcgi/events/availability_store.h"
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SHOWS = 8, SEATS = 300, MAPS = 4, PLENTY = 64 * 1024 * 1024 };

#define MISSING "5e000000-0000-4000-8000-00000000ffff"
#define OLD_CLAIM "A1" /* the seat of the claims that only a full read sees */

struct fixture {
    struct db_pool *pool;   /* of the stores */
    struct db_pool *other;  /* changes things */
    struct db_pool *narrow; /* for a store that can be kept from the database: one connection */
    struct seatmap_cache *maps;
    struct availability_store *store; /* of the test that runs */
    char event[UUID_SIZE];            /* the id of their seat map too */
    char shows[SHOWS][UUID_SIZE];
};

/* What a reader was told. */
struct reading {
    struct availability_reader reader; /* the first member: the store hands it back */
    sem_t *answered;                   /* NULL: nobody waits for it */
    int answers;
    enum db_status status;
    bool published, over;
    size_t bytes;
    char states[SEATS + 2]; /* a letter for each seat; one map has one seat more */
};

static enum db_status execute(struct fixture *fixture, const char *sql, size_t count,
                              const char *const params[], struct db_result **ret_result)
{
    const struct db_statement statement = {.sql = sql};
    return db_run(fixture->other, &statement, count, params, ret_result);
}

/* Runs a statement with up to two parameters whose result does not matter. */
static void change(struct fixture *fixture, const char *sql, const char *one, const char *two)
{
    const char *const params[] = {one, two};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    assert_int_equal(execute(fixture, sql, (size_t)(one != NULL) + (size_t)(two != NULL), params, &result),
                     DB_OK);
}

static void clean(struct fixture *fixture)
{
    change(fixture, "DELETE FROM seat_claims WHERE show_id IN (SELECT id FROM shows WHERE event_id = $1)",
           fixture->event, NULL);
    change(fixture, "DELETE FROM shows WHERE event_id = $1", fixture->event, NULL);
    change(fixture, "DELETE FROM events WHERE id = $1", fixture->event, NULL);
    change(fixture, "DELETE FROM seatmaps WHERE id = $1", fixture->event, NULL);
}

static struct db_pool *open_pool(const char *name, int connections, int wait_ms)
{
    const char *url = getenv("TEST_DATABASE_URL");
    if (url == NULL) {
        fail_msg("TEST_DATABASE_URL is not set");
    }
    const struct db_options options = {.url = url,
                                       .application_name = name,
                                       .connections = connections,
                                       .wait_ms = wait_ms,
                                       .statement_timeout_ms = 5000};
    return db_pool_new(&options);
}

/* The shows have version 1 of a map with one row, whose version 2 has one seat more. */
static int set_up(void **state)
{
    struct fixture *fixture = memory_new(1, sizeof(*fixture));
    *state = fixture;
    fixture->pool = open_pool("test_store", 4, 2000);
    fixture->other = open_pool("test_store_other", 4, 5000);
    fixture->narrow = open_pool("test_store_narrow", 1, 50);
    fixture->maps = seatmap_cache_new(fixture->pool, MAPS);
    uuid_new(fixture->event);
    char seats[16];
    snprintf(seats, sizeof(seats), "%d", SEATS);
    change(fixture,
           "INSERT INTO seatmaps (id, version, name, template, seat_count) SELECT $2, n, 'Test',"
           " json_build_object('id', $2::text, 'name', 'Test', 'format', 'ROW_NUM', 'priceTiers',"
           " json_build_object('A', 1), 'zones', json_build_array(json_build_object('id', 'A', 'rows',"
           " json_build_array(json_build_object('id', 'A', 'from', 1, 'to', $1::int + n - 1))))),"
           " $1::int + n - 1 FROM generate_series(1, 2) AS n",
           seats, fixture->event);
    change(fixture, "INSERT INTO events (id, title, published) VALUES ($1, 'Store', true)", fixture->event,
           NULL);
    for (int i = 0; i < SHOWS; i++) {
        uuid_new(fixture->shows[i]);
        change(fixture,
               "INSERT INTO shows (id, event_id, seatmap_id, seatmap_version, starts_at, currency)"
               " VALUES ($1, $2::uuid, $2::text, 1, now() + interval '1 day', 'VND')",
               fixture->shows[i], fixture->event);
    }
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    clean(fixture);
    availability_store_free(fixture->store);
    seatmap_cache_free(fixture->maps);
    db_pool_free(fixture->pool);
    db_pool_free(fixture->other);
    db_pool_free(fixture->narrow);
    free(fixture);
    return 0;
}

/* As every writer does it. */
static enum db_status write_claim(struct fixture *fixture, const char *show, const char *seat, bool held)
{
    const char *const params[] = {show, seat, held ? "held" : "released"};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    return execute(fixture,
                   "INSERT INTO seat_claims AS c (show_id, seat_id, state, hold_id, expires_at) VALUES ($1,"
                   " $2, $3, gen_random_uuid(), CASE $3 WHEN 'held' THEN now() + interval '1 hour' END)"
                   " ON CONFLICT (show_id, seat_id) DO UPDATE SET state = excluded.state,"
                   " expires_at = excluded.expires_at, changed = pg_current_xact_id()",
                   ARRAY_LENGTH(params), params, &result);
}

static void hold(struct fixture *fixture, const char *show, const char *seat)
{
    assert_int_equal(write_claim(fixture, show, seat, true), DB_OK);
}

static void plant_old_claims(struct fixture *fixture)
{
    change(fixture,
           "INSERT INTO seat_claims (show_id, seat_id, state, hold_id, expires_at, changed) SELECT id, $2,"
           " 'held', gen_random_uuid(), now() + interval '1 hour', '3' FROM shows WHERE event_id = $1",
           fixture->event, OLD_CLAIM);
}

/* The letters out of the compact answer. */
static void copy_states(struct snapshot *snapshot, char *ret_states)
{
    struct shared_body *body = snapshot_compact(snapshot);
    size_t count = 0;
    const struct response_piece *pieces = shared_body_pieces(body, false, &count);
    struct text text TEXT_AUTO = {0};
    for (size_t i = 0; i < count; i++) {
        text_add_bytes(&text, pieces[i].data, pieces[i].length);
    }
    const char *states = strstr(text.data, "\"states\":\"");
    const char *letters = states != NULL ? states + strlen("\"states\":\"") : "";
    snprintf(ret_states, SEATS + 2, "%.*s", (int)strcspn(letters, "\""), letters);
    shared_body_release(body);
}

/* Runs on a thread of the store, where no assertion may fail: it only writes down. */
static void take_answer(struct availability_reader *reader, const struct availability *show)
{
    struct reading *reading = (struct reading *)reader;
    reading->answers++;
    reading->status = show->status;
    reading->published = show->published;
    reading->over = show->over;
    if (show->snapshot != NULL) {
        copy_states(show->snapshot, reading->states);
        reading->bytes = snapshot_size(show->snapshot);
    }
    if (reading->answered != NULL) {
        sem_post(reading->answered);
    }
}

static struct reading ask(struct fixture *fixture, const char *show)
{
    struct reading reading = {.reader = {.answer = take_answer}};
    availability_wait(fixture->store, show, &reading.reader);
    return reading;
}

static struct reading read_ok(struct fixture *fixture, const char *show)
{
    const struct reading reading = ask(fixture, show);
    assert_int_equal(reading.answers, 1);
    assert_int_equal(reading.status, DB_OK);
    return reading;
}

/* Had the store forgotten the show? For after plant_old_claims(). */
static bool was_forgotten(struct fixture *fixture, const char *show)
{
    return read_ok(fixture, show).states[0] == 'h';
}

static void assert_as_in_table(struct fixture *fixture, const char *show)
{
    const struct reading reading = read_ok(fixture, show);
    const char *const params[] = {show};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    assert_int_equal(
        execute(fixture,
                "SELECT string_agg(CASE WHEN c.expires_at > now() THEN 'h' ELSE 'a' END, '' ORDER BY n)"
                " FROM shows s JOIN seatmaps m ON m.id = s.seatmap_id AND m.version = s.seatmap_version"
                " CROSS JOIN generate_series(1, m.seat_count) AS n"
                " LEFT JOIN seat_claims c ON c.show_id = s.id AND c.seat_id = 'A' || n WHERE s.id = $1",
                1, params, &result),
        DB_OK);
    assert_string_equal(reading.states, db_text(result, 0, 0));
}

static void open_store(struct fixture *fixture, struct db_pool *pool, size_t bytes)
{
    availability_store_free(fixture->store);
    fixture->store = availability_store_new(pool, fixture->maps, bytes);
}

/* Room for so many shows and a half, which the entries themselves and one more that comes and goes take. */
static void open_store_for(struct fixture *fixture, size_t shows)
{
    open_store(fixture, fixture->pool, PLENTY);
    const size_t bytes = read_ok(fixture, fixture->shows[0]).bytes;
    assert_true(bytes > SEATS);
    open_store(fixture, fixture->pool, shows * bytes + bytes / 2);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
