/* The error table: complete, unique, and within what HTTP and the API allow. */
#include "common/problem.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_problem_has_a_row(void **state)
{
    (void)state;
    for (int i = PROBLEM_NONE + 1; i < PROBLEM_COUNT; i++) {
        const struct problem_info *info = problem_info((enum problem)i);
        assert_in_range(info->status, 400, 599);
        assert_true(strlen(info->title) > 0 && strlen(info->title) < 60);
        assert_int_equal(strspn(info->code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), strlen(info->code));
    }
}

static void codes_are_unique(void **state)
{
    (void)state;
    for (int i = PROBLEM_NONE + 1; i < PROBLEM_COUNT; i++) {
        for (int j = i + 1; j < PROBLEM_COUNT; j++) {
            assert_string_not_equal(problem_info((enum problem)i)->code, problem_info((enum problem)j)->code);
        }
    }
}

static void codes_the_api_promises_stay(void **state)
{
    (void)state;
    assert_string_equal(problem_info(PROBLEM_SEATS_UNAVAILABLE)->code, "SEATS_UNAVAILABLE");
    assert_int_equal(problem_info(PROBLEM_SEATS_UNAVAILABLE)->status, 409);
    assert_string_equal(problem_info(PROBLEM_VALIDATION_FAILED)->code, "VALIDATION_FAILED");
    assert_int_equal(problem_info(PROBLEM_VALIDATION_FAILED)->status, 422);
    assert_int_equal(problem_info(PROBLEM_UNAVAILABLE)->status, 503);
    assert_int_equal(problem_info(PROBLEM_INVALID_JSON)->status, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_problem_has_a_row),
        cmocka_unit_test(codes_are_unique),
        cmocka_unit_test(codes_the_api_promises_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
