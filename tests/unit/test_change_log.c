/* The log of changed seats names all that may have changed since a version, or says that it does not know. */
#include "fcgi/events/change_log.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void names_in_order_and_once(void **state)
{
    (void)state;
    struct change_log *log = change_log_new(100);
    uint32_t *seats = NULL;
    size_t count = 7;
    assert_true(change_log_since(log, 0, 0, &seats, &count));
    assert_int_equal(count, 0);
    free(seats);
    change_log_add(log, 9, 50, 1000);
    change_log_add(log, 3, 60, 2000);
    change_log_add(log, 9, 70, 3000);
    assert_true(change_log_since(log, 60, 3000, &seats, &count));
    assert_int_equal(count, 2);
    assert_int_equal(seats[0], 3);
    assert_int_equal(seats[1], 9);
    free(seats);
    assert_true(change_log_since(log, 71, 3000, &seats, &count));
    assert_int_equal(count, 0);
    free(seats);
    assert_true(change_log_since(log, 71, 2500, &seats, &count)); /* by the clock alone */
    assert_int_equal(count, 1);
    free(seats);
    change_log_free(log);
}

/* Whatever it says, it never leaves out a seat that changed at or after the version. */
static void never_forgets_silently(void **state)
{
    (void)state;
    enum { SEATS = 200, ADDED = 5000 };
    struct change_log *log = change_log_new(SEATS);
    static uint64_t last[SEATS];
    size_t known = 0;
    for (uint64_t i = 1; i <= ADDED; i++) {
        size_t seat = (size_t)(i * 7919 % SEATS);
        last[seat] = i;
        change_log_add(log, seat, i, (int64_t)(i * 10 - i % 3 * 25)); /* a clock that steps back */
        uint64_t xmin = i > 90 ? i - i * 31 % 90 : 1;
        uint32_t *seats = NULL;
        size_t count = 0;
        if (!change_log_since(log, xmin, INT64_MAX, &seats, &count)) {
            continue;
        }
        known++;
        size_t next = 0;
        for (size_t s = 0; s < SEATS; s++) {
            bool named = next < count && seats[next] == s;
            next += named;
            assert_true(named || last[s] < xmin);
        }
        free(seats);
    }
    assert_true(known > ADDED / 3 && known < ADDED);
    change_log_free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_in_order_and_once),
        cmocka_unit_test(never_forgets_silently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
