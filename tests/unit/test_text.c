/* A growing text of JSON, read back by jansson: it is what was added, however often it had to grow. */
#include "fcgi/events/text.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void strings_are_read_as_they_were_added(void **state)
{
    (void)state;
    static const char *const parts[] = {"",           "A1",           "a \"quoted\" zone", "back\\slash",
                                        "line\nfeed", "\x01\x1f\x7f", "Cổng Bắc",          "ends with \""};
    struct text text TEXT_AUTO = {0};
    text_add(&text, "[");
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        text_add(&text, i > 0 ? "," : "");
        text_add_json(&text, parts[i]);
    }
    text_add(&text, "]");
    json_auto_t *json = json_loadb(text.data, text.length, 0, NULL);
    assert_int_equal(json_array_size(json), sizeof(parts) / sizeof(*parts));
    for (size_t i = 0; i < json_array_size(json); i++) {
        assert_string_equal(json_string_value(json_array_get(json, i)), parts[i]);
    }
}

static void a_long_text_keeps_all_of_it(void **state)
{
    (void)state;
    struct text text TEXT_AUTO = {0};
    text_add(&text, "[0");
    for (int64_t i = 1; i < 20000; i++) {
        text_add(&text, ",");
        text_add_number(&text, i % 2 == 0 ? i : -i);
    }
    text_add(&text, "]");
    assert_int_equal(strlen(text.data), text.length);
    json_auto_t *json = json_loads(text.data, 0, NULL);
    assert_int_equal(json_array_size(json), 20000);
    for (int64_t i = 0; i < 20000; i++) {
        assert_int_equal(json_integer_value(json_array_get(json, (size_t)i)), i % 2 == 0 ? i : -i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_read_as_they_were_added),
        cmocka_unit_test(a_long_text_keeps_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
