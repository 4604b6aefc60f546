/* What the store of snapshots tells of shows that change, come and go, while the database does not answer,
 * and to many at once. */
#include "tests/db/availability_store_fixture.h"
#include <pthread.h>

static void a_show_that_was_deleted_is_forgotten(void **state)
{
    struct fixture *fixture = *state;
    open_store_for(fixture, SHOWS);
    (void)read_ok(fixture, fixture->shows[0]);
    plant_old_claims(fixture);
    assert_false(was_forgotten(fixture, fixture->shows[0]));
    change(fixture, "UPDATE shows SET deleted_at = now() WHERE id = $1", fixture->shows[0], NULL);
    assert_int_equal(ask(fixture, fixture->shows[0]).status, DB_NONE);
    change(fixture, "UPDATE shows SET deleted_at = NULL WHERE id = $1", fixture->shows[0], NULL);
    assert_true(was_forgotten(fixture, fixture->shows[0]));
}

static void event_times_and_seat_map_are_those_of_now(void **state)
{
    struct fixture *fixture = *state;
    open_store_for(fixture, SHOWS);
    const char *show = fixture->shows[0];
    struct reading reading = read_ok(fixture, show);
    assert_true(reading.published);
    assert_false(reading.over);
    assert_int_equal(strlen(reading.states), SEATS);
    change(fixture, "UPDATE events SET published = false WHERE id = $1", fixture->event, NULL);
    change(fixture, "UPDATE shows SET starts_at = now() - interval '1 day' WHERE id = $1", show, NULL);
    reading = read_ok(fixture, show);
    assert_false(reading.published);
    assert_true(reading.over);
    change(fixture, "UPDATE shows SET seatmap_version = 2 WHERE id = $1", show, NULL);
    hold(fixture, show, "A301");
    assert_int_equal(strlen(read_ok(fixture, show).states), SEATS + 1);
    assert_as_in_table(fixture, show);
}

struct outage {
    struct fixture *fixture;
    struct reading during;
};

/* Has the pool's only connection while the store wants it. */
static enum db_status outage_step(struct db *db, void *context)
{
    (void)db;
    struct outage *outage = context;
    outage->during = ask(outage->fixture, outage->fixture->shows[0]);
    return DB_OK;
}

static void assert_unavailable_in_an_outage(struct fixture *fixture)
{
    struct outage outage = {.fixture = fixture};
    assert_int_equal(db_transaction(fixture->narrow, outage_step, &outage), DB_OK);
    assert_int_equal(outage.during.answers, 1);
    assert_int_equal(outage.during.status, DB_UNAVAILABLE);
    assert_int_equal(outage.during.bytes, 0);
}

static void a_snapshot_outlives_an_outage(void **state)
{
    struct fixture *fixture = *state;
    open_store(fixture, fixture->narrow, PLENTY);
    assert_unavailable_in_an_outage(fixture); /* before there is a snapshot */
    assert_as_in_table(fixture, fixture->shows[0]);
    assert_unavailable_in_an_outage(fixture);
    hold(fixture, fixture->shows[0], "A7");
    assert_as_in_table(fixture, fixture->shows[0]);
    plant_old_claims(fixture);
    assert_unavailable_in_an_outage(fixture);
    assert_false(was_forgotten(fixture, fixture->shows[0]));
}

/* Begins to read a show while the table is locked. */
struct leader {
    struct fixture *fixture;
    const char *show;
    pthread_t thread;
    struct reading reading;
};

static void *lead(void *argument)
{
    struct leader *leader = argument;
    availability_ask(leader->fixture->store, leader->show, &leader->reading.reader);
    return NULL;
}

enum { LEADERS = 2, FOLLOWERS = AVAILABILITY_WAITING_MAX - LEADERS };

/* The others wait for the next reads of the two shows. */
struct crowd {
    struct fixture *fixture;
    struct leader leaders[LEADERS];
    struct reading followers[FOLLOWERS];
    struct reading late; /* one too many */
    bool told_at_once;
};

/* Until both have begun to read; other test programs use the table, too. */
static void await_leaders(struct fixture *fixture)
{
    static const char sql[] = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test_crowd'"
                              " AND wait_event_type = 'Lock'";
    for (int i = 0; i < 10000; i++) {
        CLEANUP(db_result_free) struct db_result *result = NULL;
        assert_int_equal(execute(fixture, sql, 0, NULL, &result), DB_OK);
        if (strcmp(db_text(result, 0, 0), "2") == 0) {
            return;
        }
    }
    fail_msg("the first two do not read");
}

static enum db_status crowd_step(struct db *db, void *context)
{
    static const struct db_statement lock = {.sql = "LOCK TABLE public.seat_claims IN ACCESS EXCLUSIVE MODE"};
    struct crowd *crowd = context;
    struct fixture *fixture = crowd->fixture;
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_query(db, &lock, 0, NULL, &result);
    if (status != DB_OK) {
        return status; /* it is run again */
    }
    for (size_t i = 0; i < LEADERS; i++) {
        struct leader *leader = &crowd->leaders[i];
        *leader = (struct leader){
            .fixture = fixture, .show = fixture->shows[i], .reading.reader.answer = take_answer};
        assert_int_equal(pthread_create(&leader->thread, NULL, lead, leader), 0);
    }
    await_leaders(fixture);
    for (size_t i = 0; i < FOLLOWERS; i++) {
        crowd->followers[i].reader.answer = take_answer;
        availability_ask(fixture->store, fixture->shows[i % LEADERS], &crowd->followers[i].reader);
    }
    crowd->late.reader.answer = take_answer;
    availability_ask(fixture->store, fixture->shows[0], &crowd->late.reader);
    crowd->told_at_once = crowd->late.answers == 1;
    return DB_OK;
}

static void assert_answered_once(const struct reading *reading)
{
    assert_int_equal(reading->answers, 1);
    assert_int_equal(reading->status, DB_OK);
}

static void a_crowd_that_is_too_large_is_told_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct db_pool *pool = open_pool("test_crowd", 4, 5000);
    open_store(fixture, pool, PLENTY);
    struct crowd *crowd = memory_new(1, sizeof(*crowd));
    crowd->fixture = fixture;
    assert_int_equal(db_transaction(fixture->other, crowd_step, crowd), DB_OK);
    for (size_t i = 0; i < LEADERS; i++) {
        pthread_join(crowd->leaders[i].thread, NULL);
        assert_answered_once(&crowd->leaders[i].reading);
    }
    for (size_t i = 0; i < FOLLOWERS; i++) {
        assert_answered_once(&crowd->followers[i]);
    }
    assert_true(crowd->told_at_once);
    assert_int_equal(crowd->late.status, DB_UNAVAILABLE);
    free(crowd);
    assert_as_in_table(fixture, fixture->shows[0]); /* there is room again */
    open_store(fixture, fixture->pool, 0);
    db_pool_free(pool);
}

enum { ASKERS = 8, QUESTIONS = 50 };

/* Asks for shows that others ask for too, and for some that are not there. */
struct asker {
    struct fixture *fixture;
    pthread_t thread;
    struct reading readings[QUESTIONS];
};

static void *ask_many(void *argument)
{
    struct asker *asker = argument;
    struct fixture *fixture = asker->fixture;
    sem_t answered;
    sem_init(&answered, 0, 0);
    for (int i = 0; i < QUESTIONS; i++) {
        asker->readings[i].reader.answer = take_answer;
        asker->readings[i].answered = &answered;
        availability_ask(fixture->store, i % 10 == 9 ? MISSING : fixture->shows[i % 4],
                         &asker->readings[i].reader);
    }
    for (int i = 0; i < QUESTIONS; i++) {
        sem_wait(&answered);
    }
    sem_destroy(&answered);
    return NULL;
}

static void everybody_is_answered_once(void **state)
{
    struct fixture *fixture = *state;
    open_store_for(fixture, 2);
    struct asker *askers = memory_new(ASKERS, sizeof(*askers));
    for (int i = 0; i < ASKERS; i++) {
        askers[i].fixture = fixture;
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_many, &askers[i]), 0);
    }
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
        for (int n = 0; n < QUESTIONS; n++) {
            assert_int_equal(askers[i].readings[n].answers, 1);
            assert_int_equal(askers[i].readings[n].status, n % 10 == 9 ? DB_NONE : DB_OK);
        }
    }
    free(askers);
}

/* Takes and gives back a seat of its own and looks at it each time. */
struct buyer {
    struct fixture *fixture;
    pthread_t thread;
    int number;
    int wrong; /* answers that failed, or were older than the question */
};

static void *buy(void *argument)
{
    enum { ROUNDS = 30 };
    struct buyer *buyer = argument;
    char seat[16];
    snprintf(seat, sizeof(seat), "A%d", buyer->number + 1);
    for (int i = 0; i < ROUNDS; i++) {
        const char *show = buyer->fixture->shows[(buyer->number + i) % 4];
        const bool held = i / 4 % 2 == 0;
        if (write_claim(buyer->fixture, show, seat, held) == DB_OK) {
            const struct reading reading = ask(buyer->fixture, show);
            buyer->wrong += reading.status != DB_OK || reading.states[buyer->number] != (held ? 'h' : 'a');
        } else {
            buyer->wrong++;
        }
    }
    return NULL;
}

static void nobody_gets_an_answer_from_before_the_question(void **state)
{
    struct fixture *fixture = *state;
    open_store_for(fixture, 2);
    struct buyer buyers[12];
    for (size_t i = 0; i < ARRAY_LENGTH(buyers); i++) {
        buyers[i] = (struct buyer){.fixture = fixture, .number = (int)i};
        assert_int_equal(pthread_create(&buyers[i].thread, NULL, buy, &buyers[i]), 0);
    }
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(buyers); i++) {
        pthread_join(buyers[i].thread, NULL);
        wrong += buyers[i].wrong;
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_show_that_was_deleted_is_forgotten),
        STORE_TEST(event_times_and_seat_map_are_those_of_now),
        STORE_TEST(a_snapshot_outlives_an_outage),
        STORE_TEST(a_crowd_that_is_too_large_is_told_at_once),
        STORE_TEST(everybody_is_answered_once),
        STORE_TEST(nobody_gets_an_answer_from_before_the_question),
    };
    return cmocka_run_group_tests_name("availability_store", tests, NULL, NULL);
}
