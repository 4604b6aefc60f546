/* The list of faults: order, copies, the bound, and JSON that is always valid. */
#include "common/fault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void faults_are_kept_in_order_as_copies(void **state)
{
    (void)state;
    CLEANUP(fault_list_free) struct fault_list *list = fault_list_new();
    char path[] = "seats[3]";
    fault_add(list, path, "This must have %d to %d characters.", 1, 64);
    memset(path, 'x', strlen(path));
    fault_add(list, "$", "The body must be a JSON object.");
    assert_int_equal(fault_count(list), 2);
    assert_string_equal(fault_path(list, 0), "seats[3]");
    assert_string_equal(fault_message(list, 0), "This must have 1 to 64 characters.");
    assert_string_equal(fault_path(list, 1), "$");
}

static void faults_beyond_the_limit_are_only_counted(void **state)
{
    (void)state;
    CLEANUP(fault_list_free) struct fault_list *list = fault_list_new();
    for (int i = 0; i < FAULT_LIMIT + 25; i++) {
        fault_add(list, "seats", "number %d", i);
    }
    assert_int_equal(fault_count(list), FAULT_LIMIT + 25);
    assert_string_equal(fault_message(list, FAULT_LIMIT - 1), "number 99");
    json_auto_t *json = fault_list_json(list);
    assert_int_equal(json_array_size(json), FAULT_LIMIT);
}

static void json_has_path_and_message(void **state)
{
    (void)state;
    CLEANUP(fault_list_free) struct fault_list *list = fault_list_new();
    json_auto_t *empty = fault_list_json(list);
    assert_int_equal(json_array_size(empty), 0);
    fault_add(list, "zones[0].rows[1].from", "\"quoted\"");
    json_auto_t *json = fault_list_json(list);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text, "[{\"path\":\"zones[0].rows[1].from\",\"message\":\"\\\"quoted\\\"\"}]");
    free(text);
}

static void a_long_message_is_cut_at_a_character(void **state)
{
    (void)state;
    CLEANUP(fault_list_free) struct fault_list *list = fault_list_new();
    /* Every alignment of a three-byte character to the cut. */
    for (int shift = 0; shift < 3; shift++) {
        char text[1024] = {0};
        memset(text, 'a', (size_t)shift);
        for (size_t i = (size_t)shift; i + 3 < sizeof(text); i += 3) {
            memcpy(text + i, "\xe2\x82\xac", 3);
        }
        fault_add(list, "title", "%s", text);
    }
    fault_add(list, "\xff", "\xff\xff\xff\xff\xff");
    json_auto_t *json = fault_list_json(list);
    assert_int_equal(json_array_size(json), 4);
    for (size_t i = 0; i < 3; i++) {
        const json_t *message = json_object_get(json_array_get(json, i), "message");
        assert_in_range(json_string_length(message), 500, 511);
    }
    assert_string_equal(json_string_value(json_object_get(json_array_get(json, 3), "message")), "?");
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    fault_list_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_kept_in_order_as_copies),
        cmocka_unit_test(faults_beyond_the_limit_are_only_counted),
        cmocka_unit_test(json_has_path_and_message),
        cmocka_unit_test(a_long_message_is_cut_at_a_character),
        cmocka_unit_test(freeing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
