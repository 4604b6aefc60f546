/* Time: formatting, and which texts are RFC 3339 date-times that PostgreSQL takes too. */
#include "common/clock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static void clocks_agree_and_run_forward(void **state)
{
    (void)state;
    int64_t seconds = clock_seconds();
    int64_t milliseconds = clock_milliseconds();
    assert_in_range(milliseconds / 1000 - seconds, 0, 2);
    assert_true(seconds > 1700000000);
    int64_t before = clock_monotonic_us();
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    int64_t passed = clock_monotonic_us() - before;
    assert_in_range(passed, 2000, 5000000);
}

static void seconds_are_formatted_in_utc(void **state)
{
    (void)state;
    char text[RFC3339_SIZE];
    clock_format(1796126400, text);
    assert_string_equal(text, "2026-12-01T12:00:00Z");
    clock_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    assert_true(clock_is_rfc3339(text));
}

static void valid_times_pass(void **state)
{
    (void)state;
    static const char *const valid[] = {
        "2026-12-01T12:00:00Z",      "2026-12-01t12:00:00z",           "2026-12-01T12:00:00.5Z",
        "2026-12-01T12:00:00+07:00", "2026-12-01T12:00:00.123456789Z", "2026-12-01T12:00:00-00:00",
        "2024-02-29T00:00:00Z",      "2000-02-29T23:59:59Z",           "2016-12-31T23:59:60Z",
        "9999-12-31T23:59:59Z",      "1970-01-01T00:00:00+15:59",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(valid); i++) {
        if (!clock_is_rfc3339(valid[i])) {
            fail_msg("refused: %s", valid[i]);
        }
    }
}

static void invalid_times_are_refused(void **state)
{
    (void)state;
    static const char *const invalid[] = {
        "",
        "2026",
        "2026-12-01",
        "2026-12-01T12:00:00",
        "2026-12-01 12:00:00Z",
        "2026-12-01T12:00Z",
        "2026-12-01T12:00:00.Z",
        "2026-12-01T12:00:00.1234567890Z",
        "2026-12-01T12:00:00ZZ",
        "2026-12-01T12:00:00Z ",
        " 2026-12-01T12:00:00Z",
        "2026-12-01T24:00:00Z",
        "2026-12-01T12:60:00Z",
        "2026-12-01T12:00:60Z",
        "2026-12-01T12:59:61Z",
        "2026-13-01T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-12-00T12:00:00Z",
        "2026-12-32T12:00:00Z",
        "2026-04-31T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2100-02-29T12:00:00Z",
        "1969-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "2026-12-01T12:00:00+7:00",
        "2026-12-01T12:00:00+0700",
        "2026-12-01T12:00:00+16:00",
        "2026-12-01T12:00:00+07:60",
        "2026-12-01T12:00:00+07",
        "-026-12-01T12:00:00Z",
        "2026-1-01T12:00:00Z",
        "now",
        "infinity",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(invalid); i++) {
        if (clock_is_rfc3339(invalid[i])) {
            fail_msg("taken: %s", invalid[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_agree_and_run_forward),
        cmocka_unit_test(seconds_are_formatted_in_utc),
        cmocka_unit_test(valid_times_pass),
        cmocka_unit_test(invalid_times_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
