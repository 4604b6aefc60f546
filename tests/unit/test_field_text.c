/* Text formats: what is an e-mail address, a URL, an identifier, and above all what is not. */
#include "common/field_text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const colours[] = {"red", "green", NULL};

static int set_up(void **state)
{
    *state = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

/* Each value is taken, or refused with a sentence that does not repeat it. */
static void assert_texts(struct arena *arena, enum field_type type, bool taken, size_t count,
                         const char *const values[])
{
    const struct field field = {.name = "text", .type = type, .choices = colours};
    for (size_t i = 0; i < count; i++) {
        const char *problem = text_problem(&field, values[i], arena);
        if ((problem == NULL) != taken) {
            fail_msg("%s: %s", taken ? "refused" : "taken", values[i]);
        }
        if (problem != NULL) {
            assert_int_equal(problem[strlen(problem) - 1], '.');
            assert_true(strlen(values[i]) < 8 || strstr(problem, values[i]) == NULL);
        }
    }
}
#define TAKES(type, ...)                                                                                     \
    do {                                                                                                     \
        static const char *const values[] = {__VA_ARGS__};                                                   \
        assert_texts(*state, type, true, ARRAY_LENGTH(values), values);                                      \
    } while (false)
#define REFUSES(type, ...)                                                                                   \
    do {                                                                                                     \
        static const char *const values[] = {__VA_ARGS__};                                                   \
        assert_texts(*state, type, false, ARRAY_LENGTH(values), values);                                     \
    } while (false)

static void email_addresses(void **state)
{
    TAKES(FIELD_EMAIL, "user@example.com", "a@b", "first.last+tag@sub.example.co.uk", "O'Neil@example.com",
          "nguyen@ví-dụ.vn", "!#$%&*-/=?^_`{|}~@x");
    REFUSES(FIELD_EMAIL, "", "user", "@example.com", "user@", "a@b@c", "us er@example.com",
            "user@exam ple.com", "user@example.com ", ".user@example.com", "user.@example.com",
            "us..er@example.com", "user@.com", "user@example.", "user@exa..mple.com", "user@-example.com",
            "user@example.com-", "user@exam_ple.com", "nguyễn@ví-dụ.vn", "<user@example.com>",
            "a,b@example.com", "User <user@example.com>", "user@example.com\nBcc: x@y", "user@[127.0.0.1]",
            "a:b@c", "a\\b@c", "\"a b\"@c", "a\rb@c", "a\tb@c", "a\x01@c");
}

static void lines_hold_what_is_seen(void **state)
{
    TAKES(FIELD_LINE, "Mỹ Đình 🎫", "می\u200cخواهم", "क्\u200dष", "👩\u200d👩\u200d👧", "❤\ufe0f", "أهلا",
          "Nhà hát\u00a0Lớn");
    REFUSES(FIELD_LINE, "two\nlines", "two\rlines", "a\ttab",
            "a\xc2\x85"
            "b",
            "a\u2028b", "a\u2029b", "ad\u200bmin", "\u202egnp.exe", "a\u2066b", "a\u200eb",
            "\ufeff"
            "a",
            "soft\u00adhyphen", "a\u200db", "a\u200cb", "\u200da", "a\u2060b", "\u3164", "a\u034fb",
            "❤\ufe0f\ufe0f", "a\U000e0041");
    const struct field field = {.name = "text", .type = FIELD_LINE};
    assert_non_null(strstr(text_problem(&field, "ad\u200bmin", *state), "U+200B"));
    assert_non_null(strstr(text_problem(&field, "\u202egnp", *state), "U+202E"));
}

static void urls(void **state)
{
    TAKES(FIELD_URL, "http://example.com", "https://example.com/a/b.png?x=1&y=%20#z",
          "HTTPS://EXAMPLE.COM:8443/", "http://127.0.0.1:9000/hook", "http://[::1]:8080/", "http://localhost",
          "http://xn--v-fja.vn/", "http://example.com?x", "http://example.com#x", "http://example.com/@user");
    REFUSES(FIELD_URL, "", "example.com", "//example.com", "ftp://example.com", "javascript:alert(1)",
            "http://", "http:///path", "http://?x", "https://user@example.com",
            "https://user:pass@example.com", "http://exa mple.com",
            "http://example.com:", "http://example.com:port", "http://example.com:123456",
            "http://example.com\n", "http://example.com/<script>", "http://example.com/\\x", "http://[::1",
            "http://[]/", "http://[::1]x", "http://[::1]:", "http://.com", "data:text/html,x",
            "http://ví-dụ.vn/", " http://example.com", "http://example.com\\@evil.example");
}

static void identifiers(void **state)
{
    TAKES(FIELD_UUID, "01890a5d-ac96-774b-bcce-b302099a8057", "01890A5D-AC96-774B-BCCE-B302099A8057");
    REFUSES(FIELD_UUID, "", "1", "01890a5d-ac96-774b-bcce-b302099a80570", "'01890a5d");
    TAKES(FIELD_SLUG, "m1", "A", "9-x_y", "0123456789012345678901234567890123456789012345678901234567890123");
    REFUSES(FIELD_SLUG, "", "-a", "_a", "a b", "a/b", "a.b", "../x", "é",
            "01234567890123456789012345678901234567890123456789012345678901234");
}

static void codes_choices_and_times(void **state)
{
    TAKES(FIELD_CURRENCY, "VND", "EUR");
    REFUSES(FIELD_CURRENCY, "", "vnd", "VN", "VNDX", "V1D", "€");
    TAKES(FIELD_CHOICE, "red", "green");
    REFUSES(FIELD_CHOICE, "", "Red", "redgreen", "blue");
    TAKES(FIELD_TIME, "2026-12-01T12:00:00Z", "2026-12-01T12:00:00.25+07:00");
    REFUSES(FIELD_TIME, "", "2026-12-02", "tomorrow", "2026-02-30T12:00:00Z");
}

static void choices_are_listed(void **state)
{
    static const char *const one[] = {"pay", NULL};
    assert_string_equal(text_choices(*state, one), "pay");
    assert_string_equal(text_choices(*state, colours), "red, green");
}

static void control_characters_are_not_printable(void **state)
{
    (void)state;
    static const char *const printable[] = {"", "tab\tline\nreturn\r", "Mỹ Đình 🎫", "\u00a0", "\xc3\x80"};
    static const char *const control[] = {"\x01", "a\x1f", "\x7f", "\xc2\x80", "a\xc2\x9f", "\x1b[31m", "\v"};
    for (size_t i = 0; i < ARRAY_LENGTH(printable); i++) {
        assert_true(text_is_printable(printable[i]));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(control); i++) {
        assert_false(text_is_printable(control[i]));
    }
}

static void characters_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(text_characters(""), 0);
    assert_int_equal(text_characters("abc"), 3);
    assert_int_equal(text_characters("Mỹ Đình"), 7);
    assert_int_equal(text_characters("🎫🎫"), 2);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(email_addresses),
        WITH_ARENA(lines_hold_what_is_seen),
        WITH_ARENA(urls),
        WITH_ARENA(identifiers),
        WITH_ARENA(codes_choices_and_times),
        WITH_ARENA(choices_are_listed),
        cmocka_unit_test(control_characters_are_not_printable),
        cmocka_unit_test(characters_are_counted_not_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
