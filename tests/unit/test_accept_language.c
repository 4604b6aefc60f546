/* The language that a reader wants. */
#include "common/accept_language.h"
#include "common/cleanup.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_most_wanted_language_is_chosen(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "vi"};
    static const struct {
        const char *header;
        size_t chosen;
    } cases[] = {
        {NULL, 0},
        {"", 0},
        {"vi", 1},
        {"VI-vn", 1},
        {"vi-VN,vi;q=0.9,en;q=0.8", 1},
        {"en-GB,en;q=0.9,vi;q=0.8", 0},
        {"de, vi;q=0.2", 1},
        {"de", 0},
        {"*", 0},
        {"en;q=0.5, vi; q=0.7", 1},
        {"vi;q=0", 0},
        {"vi;q=0.000, en;q=0.001", 0},
        {"en;q=0.5,vi;q=0.5", 0},
        {"vi;q=0.5,en;q=0.5", 1},
        {"vie", 0},
        {"v", 0},
        {";,;;q=,vi;q", 1},
        {"vi;q=x", 0},
        {"vi;q=nan", 0},
        {"vi;q=7", 0},
        {"vi;", 1},
        {",,,vi", 1},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(accept_language_choose(cases[i].header, ARRAY_LENGTH(languages), languages),
                         cases[i].chosen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_most_wanted_language_is_chosen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
