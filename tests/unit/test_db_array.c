/* Array literals, both ways, and numbers. */
#include "common/db.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int open_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static void every_element_is_quoted(void **state)
{
    const char *const items[] = {"A1", "a \"b\" \\c", "", "NULL", "{x,y}"};
    assert_string_equal(db_array(*state, ARRAY_LENGTH(items), items),
                        "{\"A1\",\"a \\\"b\\\" \\\\c\",\"\",\"NULL\",\"{x,y}\"}");
    assert_string_equal(db_array(*state, 0, NULL), "{}");
}

static void what_was_written_is_read_back(void **state)
{
    const char *const items[] = {"A1", "\"", "\\", "", "null", "{,}", "Ghế 1", "a\nb"};
    size_t count = 0;
    const char **read = db_array_items(*state, db_array(*state, ARRAY_LENGTH(items), items), &count);
    assert_non_null(read);
    assert_int_equal(count, ARRAY_LENGTH(items));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(read[i], items[i]);
    }
}

static void bare_elements_and_nulls_are_read(void **state)
{
    size_t count = 0;
    const char **items = db_array_items(*state, "{A1,NULL,\"NULL\",VIP-A-1}", &count);
    assert_non_null(items);
    assert_int_equal(count, 4);
    assert_string_equal(items[0], "A1");
    assert_null(items[1]);
    assert_string_equal(items[2], "NULL");
    assert_string_equal(items[3], "VIP-A-1");
    assert_non_null(db_array_items(*state, "{}", &count));
    assert_int_equal(count, 0);
}

static void malformed_literals_are_refused(void **state)
{
    static const char *const literals[] = {
        "",       "{",     "}",         "A1",        "{A1",    "{A1,",     "{A1,}",    "{,}",      "{A1}x",
        "{\"A1}", "{\"\\", "{{A},{B}}", "[0:0]={A}", "{A1 B}", "{A\"B\"}", "{\"A\"B}", "{\"A\" }", "{ }",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(literals); i++) {
        size_t count = 7;
        assert_null(db_array_items(*state, literals[i], &count));
        assert_int_equal(count, 7);
    }
    size_t count = 0;
    assert_null(db_array_items(*state, NULL, &count));
}

static void numbers_are_decimal(void **state)
{
    assert_string_equal(db_number(*state, 0), "0");
    assert_string_equal(db_number(*state, INT64_MIN), "-9223372036854775808");
    assert_string_equal(db_number(*state, INT64_MAX), "9223372036854775807");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_element_is_quoted, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_was_written_is_read_back, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(bare_elements_and_nulls_are_read, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(malformed_literals_are_refused, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(numbers_are_decimal, open_arena, close_arena),
    };
    return cmocka_run_group_tests_name("db_array", tests, NULL, NULL);
}
