/* Every character in a JSON string is read by jansson as it was written, and none that a terminal obeys is
 * left. */
#include "common/json_escape.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_character_is_read_as_it_was(void **state)
{
    (void)state;
    for (unsigned character = 1; character < 0x80; character++) {
        char text[16] = "\"";
        size_t length = json_escape((unsigned char)character, text + 1);
        assert_true(length <= JSON_ESCAPE_MAX);
        if (length == 0) {
            text[1] = (char)character;
            length = 1;
        }
        text[1 + length] = '"';
        for (size_t i = 0; i < length + 2; i++) {
            assert_in_range(text[i], 0x20, 0x7e);
        }
        json_auto_t *json = json_loadb(text, length + 2, JSON_DECODE_ANY, NULL);
        assert_int_equal(json_string_length(json), 1);
        assert_int_equal(json_string_value(json)[0], character);
    }
}

static void bytes_of_other_scripts_stand_for_themselves(void **state)
{
    (void)state;
    for (unsigned byte = 0x80; byte <= 0xff; byte++) {
        char escape[JSON_ESCAPE_MAX] = "same";
        assert_int_equal(json_escape((unsigned char)byte, escape), 0);
        assert_string_equal(escape, "same");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_is_read_as_it_was),
        cmocka_unit_test(bytes_of_other_scripts_stand_for_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
