/* E-mail addresses: one spelling for one address, and what is refused. */
#include "common/email.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

static void one_address_has_one_spelling(void **state)
{
    static const char *const pairs[][2] = {
        {"User@EXAMPLE.com", "user@example.com"},
        {"a@b\xc3\xbc"
         "cher.example",
         "a@xn--bcher-kva.example"},
        {"a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"},
        {"a@bu\xcc\x88"
         "cher.example",
         "a@xn--bcher-kva.example"}, /* decomposed */
        {"a@example\xe3\x80\x82"
         "com",
         "a@example.com"},                                        /* U+3002, ideographic full stop */
        {"a@\xef\xbd\x85xample.com", "a@example.com"},            /* full width e */
        {"e\xcc\x81@example.com", "\xc3\xa9@example.com"},        /* NFD of é */
        {"ADM\xc4\xb0N@example.com", "adm\xc4\xb0n@example.com"}, /* İ is not i */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        const char *canonical = email_canonical(*state, pairs[i][0]);
        assert_non_null(canonical);
        assert_string_equal(canonical, pairs[i][1]);
    }
}

static void no_other_character_becomes_an_ascii_one(void **state)
{
    assert_non_null(email_problem(*state, "\xe2\x84\xaa@example.com")); /* U+212A, Kelvin sign */
    assert_string_not_equal(email_canonical(*state, "ADM\xc4\xb0N@example.com"), "admin@example.com");
}

static void invisible_characters_are_named(void **state)
{
    assert_non_null(strstr(email_problem(*state, "ad\xe2\x80\x8bmin@example.com"), "U+200B"));
    assert_non_null(strstr(email_problem(*state, "admin\xe2\x80\xae@example.com"), "U+202E"));
    assert_non_null(strstr(email_problem(*state, "admin@exam\xc2\xadple.com"), "U+00AD"));
    assert_null(email_canonical(*state, "ad\xe2\x80\x8bmin@example.com"));
}

static void lengths_are_those_of_rfc_5321(void **state)
{
    char local[66] = {0};
    memset(local, 'u', 64);
    assert_null(email_problem(*state, arena_printf(*state, "%s@example.com", local)));
    local[64] = 'u';
    assert_non_null(email_problem(*state, arena_printf(*state, "%s@example.com", local)));
    char label[64] = {0};
    memset(label, 'd', 63);
    assert_null(email_problem(*state, arena_printf(*state, "u@%s.%s.%s.example", label, label, label)));
    assert_non_null(email_problem(*state, arena_printf(*state, "u@%s.%s.%s.%s", label, label, label, label)));
    assert_non_null(email_problem(*state, arena_printf(*state, "u@%sd.example", label)));
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static void a_mail_server_gets_labels_of_ascii(void **state)
{
    assert_string_equal(email_deliverable(*state, "Anna@B\xc3\xbc"
                                                  "cher.example"),
                        "Anna@xn--bcher-kva.example");
    assert_string_equal(email_deliverable(*state, "Anna@example.com"), "Anna@example.com");
    assert_null(email_deliverable(*state, "nobody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(a_mail_server_gets_labels_of_ascii),      WITH_ARENA(one_address_has_one_spelling),
        WITH_ARENA(no_other_character_becomes_an_ascii_one), WITH_ARENA(invisible_characters_are_named),
        WITH_ARENA(lengths_are_those_of_rfc_5321),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
