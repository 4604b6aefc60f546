/* What the store of snapshots keeps: no more than it may, and nothing that it has no use for. */
#include "tests/db/availability_store_fixture.h"

static void kept_and_evicted_shows_are_told_as_they_are(void **state)
{
    struct fixture *fixture = *state;
    open_store_for(fixture, 2);
    char seat[8];
    for (int round = 1; round <= 4; round++) {
        for (int i = 0; i < SHOWS; i++) {
            snprintf(seat, sizeof(seat), "A%d", 10 * round + i);
            assert_as_in_table(fixture, fixture->shows[i]);
            hold(fixture, fixture->shows[i], seat);
            assert_as_in_table(fixture, fixture->shows[i]); /* kept */
            hold(fixture, fixture->shows[i], "A300");
            hold(fixture, fixture->shows[(i + 1) % SHOWS], seat); /* evicted but for the first round */
        }
        assert_int_equal(write_claim(fixture, fixture->shows[round], "A300", false), DB_OK);
    }
}

static void the_least_recently_used_go_first(void **state)
{
    static const int kept[] = {7, 4, 6}, gone[] = {5, 3, 2, 1, 0};
    struct fixture *fixture = *state;
    open_store_for(fixture, ARRAY_LENGTH(kept));
    for (int i = 0; i < SHOWS; i++) {
        if (i == SHOWS - 1) {
            (void)read_ok(fixture, fixture->shows[4]); /* else it would be the next to go */
        }
        (void)read_ok(fixture, fixture->shows[i]);
    }
    plant_old_claims(fixture);
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
        assert_false(was_forgotten(fixture, fixture->shows[kept[i]]));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(gone); i++) {
        assert_true(was_forgotten(fixture, fixture->shows[gone[i]]));
    }
}

static void without_room_nothing_is_kept(void **state)
{
    struct fixture *fixture = *state;
    open_store(fixture, fixture->pool, 0);
    assert_int_equal(read_ok(fixture, fixture->shows[0]).states[0], 'a');
    plant_old_claims(fixture);
    assert_true(was_forgotten(fixture, fixture->shows[0]));
}

static void a_show_that_is_not_there_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    open_store_for(fixture, 1);
    char missing[UUID_SIZE];
    (void)read_ok(fixture, fixture->shows[0]);
    for (int i = 0; i < 500; i++) {
        uuid_new(missing);
        assert_int_equal(ask(fixture, missing).status, DB_NONE);
    }
    plant_old_claims(fixture);
    assert_false(was_forgotten(fixture, fixture->shows[0])); /* they took no room from it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(kept_and_evicted_shows_are_told_as_they_are),
        STORE_TEST(the_least_recently_used_go_first),
        STORE_TEST(without_room_nothing_is_kept),
        STORE_TEST(a_show_that_is_not_there_leaves_nothing),
    };
    return cmocka_run_group_tests_name("availability_store_memory", tests, NULL, NULL);
}
