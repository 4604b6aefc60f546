/* How often one user may ask: a burst, then a rate; users apart; time by the test. */
#include "common/buyer_limit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { RATE = 10 };
static const int64_t SECOND_US = 1000000;
static const char ann[] = "00000000-0000-4000-8000-000000000001";
static const char bob[] = "00000000-0000-4000-8000-000000000002";

static int admitted(struct buyer_limit *limit, const char *user, int times, int64_t now_us)
{
    int count = 0;
    for (int i = 0; i < times; i++) {
        count += buyer_limit_wait(limit, user, now_us) == 0;
    }
    return count;
}

static void a_burst_is_five_seconds_of_the_rate_and_users_do_not_share_it(void **state)
{
    (void)state;
    struct buyer_limit *limit = buyer_limit_new(RATE);
    assert_int_equal(admitted(limit, ann, 400, SECOND_US), 5 * RATE);
    assert_int_equal(admitted(limit, bob, 400, SECOND_US), 5 * RATE);
    buyer_limit_free(limit);
}

static void after_a_burst_the_rate_counts_and_what_was_refused_does_not(void **state)
{
    (void)state;
    struct buyer_limit *limit = buyer_limit_new(RATE);
    int64_t now = 7 * SECOND_US;
    assert_int_equal(admitted(limit, ann, 400, now), 5 * RATE);
    for (int second = 0; second < 20; second++) {
        now += SECOND_US;
        assert_int_equal(admitted(limit, ann, 400, now), RATE);
    }
    assert_int_equal(admitted(limit, ann, 400, now + 3 * SECOND_US), 3 * RATE);
    assert_int_equal(admitted(limit, ann, 400, now + 3600 * SECOND_US), 5 * RATE);
    buyer_limit_free(limit);
}

static void a_wait_is_told_in_whole_seconds_after_which_one_is_admitted(void **state)
{
    (void)state;
    struct buyer_limit *limit = buyer_limit_new(1);
    const int64_t now = 3 * SECOND_US;
    assert_int_equal(admitted(limit, ann, 5, now), 5);
    const int wait = buyer_limit_wait(limit, ann, now + SECOND_US / 4);
    assert_int_equal(wait, 1);
    assert_int_equal(admitted(limit, ann, 2, now + SECOND_US / 4 + wait * SECOND_US), 1);
    buyer_limit_free(limit);
}

static void a_clock_that_stands_still_or_goes_back_admits_no_more(void **state)
{
    (void)state;
    struct buyer_limit *limit = buyer_limit_new(RATE);
    assert_int_equal(admitted(limit, ann, 400, 9 * SECOND_US), 5 * RATE);
    assert_int_equal(admitted(limit, ann, 400, 9 * SECOND_US - 1), 0);
    assert_int_equal(admitted(limit, ann, 400, 9 * SECOND_US), 0);
    buyer_limit_free(limit);
}

static void a_rate_of_zero_and_no_limit_at_all_admit_everything(void **state)
{
    (void)state;
    assert_null(buyer_limit_new(0));
    assert_int_equal(admitted(NULL, ann, 400, SECOND_US), 400);
}

static void thousands_of_users_do_not_take_one_another_s_place(void **state)
{
    (void)state;
    enum { USERS = 4000 };
    struct buyer_limit *limit = buyer_limit_new(RATE);
    int forgotten = 0;
    char user[sizeof(ann)];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < USERS; i++) {
            snprintf(user, sizeof(user), "00000000-0000-4000-8000-%012d", i);
            forgotten += round == 1 && admitted(limit, user, 100, SECOND_US) > 0;
            (void)!admitted(limit, user, 100, SECOND_US);
        }
    }
    assert_true(forgotten < USERS / 100);
    buyer_limit_free(limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_is_five_seconds_of_the_rate_and_users_do_not_share_it),
        cmocka_unit_test(after_a_burst_the_rate_counts_and_what_was_refused_does_not),
        cmocka_unit_test(a_wait_is_told_in_whole_seconds_after_which_one_is_admitted),
        cmocka_unit_test(a_clock_that_stands_still_or_goes_back_admits_no_more),
        cmocka_unit_test(a_rate_of_zero_and_no_limit_at_all_admit_everything),
        cmocka_unit_test(thousands_of_users_do_not_take_one_another_s_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
