/* Cursors: they come back as they went out, and nothing else is one. */
#include "common/identifier.h"
#include "common/page.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
#define TIME "2026-12-01 12:00:00.123456+00"

struct fixture {
    struct arena *arena;
    struct fault_list *faults;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(1, sizeof(*fixture));
    fixture->arena = arena_new();
    fixture->faults = fault_list_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    fault_list_free(fixture->faults);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static void without_parameters_it_is_the_first_page(void **state)
{
    struct fixture *fixture = *state;
    struct page page;
    assert_true(page_read(0, NULL, fixture->arena, fixture->faults, &page));
    assert_int_equal(page.limit, PAGE_LIMIT_DEFAULT);
    assert_null(page.after_time);
    assert_null(page.after_id);
    assert_true(page_read(100, NULL, fixture->arena, fixture->faults, &page));
    assert_int_equal(page.limit, 100);
    assert_true(page_read(5000, NULL, fixture->arena, fixture->faults, &page));
    assert_int_equal(page.limit, PAGE_LIMIT_MAX);
}

static void a_cursor_comes_back(void **state)
{
    struct fixture *fixture = *state;
    static const char *const times[] = {TIME, "2026-12-01 12:00:00+00", "2026-12-01 17:30:00.5+05:30",
                                        "2026-12-01 05:00:00.000001-07", "2026-12-01T12:00:00Z"};
    for (size_t i = 0; i < ARRAY_LENGTH(times); i++) {
        const char *cursor = page_cursor(fixture->arena, times[i], ID);
        assert_in_range(strlen(cursor), 1, 200);
        struct page page;
        assert_true(page_read(7, cursor, fixture->arena, fixture->faults, &page));
        assert_int_equal(page.limit, 7);
        assert_string_equal(page.after_time, times[i]);
        assert_string_equal(page.after_id, ID);
    }
}

static void a_row_too_many_says_that_a_page_follows(void **state)
{
    (void)state;
    size_t count = 0;
    assert_false(page_end(3, &count));
    assert_int_equal(count, 0);
    count = 3;
    assert_false(page_end(3, &count));
    assert_int_equal(count, 3);
    count = 4;
    assert_true(page_end(3, &count));
    assert_int_equal(count, 3);
}

static void a_page_says_where_the_next_one_begins(void **state)
{
    (void)state;
    json_auto_t *last = page_json("orders", json_pack("[i]", 1), NULL);
    json_auto_t *wanted = json_pack("{s:[i], s:n}", "orders", 1, "nextCursor");
    assert_true(json_equal(last, wanted));
    json_auto_t *first = page_json("orders", json_array(), "next");
    assert_string_equal(json_string_value(json_object_get(first, "nextCursor")), "next");
}

static void anything_else_is_no_cursor(void **state)
{
    struct fixture *fixture = *state;
    static const char *const texts[] = {
        "",
        "|",
        TIME,
        TIME "|",
        TIME "|not-a-uuid",
        "|" ID,
        "infinity|" ID,
        "2026-02-30 12:00:00+00|" ID,
        "2026-12-01 12:00:00+99|" ID,
        TIME "|" ID "|",
        "' OR 1=1 --|" ID,
        "2026-12-01 12:00:00.123456+00|" ID " ",
    };
    struct page page = {.limit = 1};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        char cursor[256];
        base64url_encode(texts[i], strlen(texts[i]), cursor, sizeof(cursor));
        if (page_read(20, cursor, fixture->arena, fixture->faults, &page)) {
            fail_msg("taken: %s", texts[i]);
        }
    }
    static const char *const raw[] = {"!", "====", "a", "\xff\xff", "AAAA", "MjAyNg"};
    for (size_t i = 0; i < ARRAY_LENGTH(raw); i++) {
        assert_false(page_read(20, raw[i], fixture->arena, fixture->faults, &page));
    }
    char long_cursor[4001];
    memset(long_cursor, 'A', 4000);
    long_cursor[4000] = '\0';
    assert_false(page_read(20, long_cursor, fixture->arena, fixture->faults, &page));
    assert_int_equal(page.limit, 1); /* untouched on failure */
    assert_int_equal(fault_count(fixture->faults), ARRAY_LENGTH(texts) + ARRAY_LENGTH(raw) + 1);
    assert_string_equal(fault_path(fixture->faults, 0), "cursor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_parameters_it_is_the_first_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cursor_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(anything_else_is_no_cursor, set_up, tear_down),
        cmocka_unit_test(a_row_too_many_says_that_a_page_follows),
        cmocka_unit_test(a_page_says_where_the_next_one_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
