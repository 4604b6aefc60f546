/* The space that is left where the database is: its states, and folders that cannot be looked at. */
#include "common/disk_watch.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum disk_state state_of(const char *folder, int64_t low_bytes, int64_t full_bytes)
{
    CLEANUP(disk_watch_free) struct disk_watch *watch = disk_watch_new(folder, low_bytes, full_bytes);
    return disk_watch_look(watch).state;
}

static void the_limits_make_the_state(void **state)
{
    (void)state;
    assert_int_equal(state_of("/tmp", 0, 0), DISK_OK);
    assert_int_equal(state_of("/tmp", INT64_MAX, 0), DISK_LOW);
    assert_int_equal(state_of("/tmp", INT64_MAX, INT64_MAX), DISK_FULL);
    assert_int_equal(state_of("/tmp", 0, INT64_MAX), DISK_FULL);
}

static void what_is_told(void **state)
{
    (void)state;
    CLEANUP(disk_watch_free) struct disk_watch *watch = disk_watch_new("/tmp", 2, 1);
    struct disk_space space = disk_watch_look(watch);
    assert_true(space.free_bytes > 0);
    assert_int_equal(space.low_bytes, 2);
    assert_int_equal(space.full_bytes, 1);
    assert_int_equal(disk_watch_look(watch).free_bytes, space.free_bytes); /* within half a second */
}

static void an_unknown_folder_refuses_nothing(void **state)
{
    (void)state;
    assert_int_equal(state_of(NULL, INT64_MAX, INT64_MAX), DISK_UNKNOWN);
    assert_int_equal(state_of("/nonexistent/folder", INT64_MAX, INT64_MAX), DISK_UNKNOWN);
    assert_int_equal(disk_watch_look(NULL).state, DISK_UNKNOWN);
}

static void states_have_words(void **state)
{
    (void)state;
    assert_string_equal(disk_state_word(DISK_OK), "ok");
    assert_string_equal(disk_state_word(DISK_LOW), "low");
    assert_string_equal(disk_state_word(DISK_FULL), "full");
    assert_string_equal(disk_state_word(DISK_UNKNOWN), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limits_make_the_state),
        cmocka_unit_test(what_is_told),
        cmocka_unit_test(an_unknown_folder_refuses_nothing),
        cmocka_unit_test(states_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
