/* UUIDs, secrets, digests and base64url, against the vectors of their RFCs. */
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/identifier.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_new_uuid_is_version_7_and_carries_the_time(void **state)
{
    (void)state;
    int64_t before = clock_milliseconds();
    char uuid[UUID_SIZE];
    uuid_new(uuid);
    int64_t after = clock_milliseconds();
    assert_true(uuid_is_valid(uuid));
    assert_int_equal(uuid[14], '7');
    assert_non_null(strchr("89ab", uuid[19]));
    char digits[13] = {0};
    memcpy(digits, uuid, 8);
    memcpy(digits + 8, uuid + 9, 4);
    assert_in_range(strtoll(digits, NULL, 16), before, after);
}

static void uuids_do_not_repeat(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    static char uuids[COUNT][UUID_SIZE];
    for (size_t i = 0; i < COUNT; i++) {
        uuid_new(uuids[i]);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(uuids[i], uuids[j]);
        }
    }
}

static void only_well_formed_uuids_are_valid(void **state)
{
    (void)state;
    assert_true(uuid_is_valid("01890a5d-ac96-774b-bcce-b302099a8057"));
    assert_true(uuid_is_valid("01890A5D-AC96-774B-BCCE-B302099A8057"));
    static const char *const invalid[] = {
        "",
        "0",
        "01890a5d-ac96-774b-bcce-b302099a805",
        "01890a5d-ac96-774b-bcce-b302099a80577",
        "01890a5dxac96-774b-bcce-b302099a8057",
        "01890a5d-ac96-774b-bcce-b302099a805g",
        "{1890a5d-ac96-774b-bcce-b302099a805}",
        "01890a5dac96774bbcceb302099a8057",
        "01890a5d-ac96-774b-bcceé02099a8057",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(invalid); i++) {
        assert_false(uuid_is_valid(invalid[i]));
    }
}

static void base64url_follows_rfc_4648(void **state)
{
    (void)state;
    static const char *const vectors[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(vectors); i++) {
        size_t length = strlen(vectors[i][0]);
        char text[16];
        base64url_encode(vectors[i][0], length, text, 4 * length / 3 + 2);
        assert_string_equal(text, vectors[i][1]);
        char data[8] = {0};
        size_t decoded = 99;
        assert_true(base64url_decode(text, strlen(text), data, length, &decoded));
        assert_int_equal(decoded, length);
        assert_memory_equal(data, vectors[i][0], length);
    }
}

static void base64url_is_read_strictly(void **state)
{
    (void)state;
    static const char *const invalid[] = {"Z",      "Zg==", "Zm9v+", "Zm9/", "Zm 9",
                                          "Zm9v\n", "Zh",   "Zm9",   "Zm9vY"};
    char data[16];
    size_t length = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(invalid); i++) {
        if (base64url_decode(invalid[i], strlen(invalid[i]), data, sizeof(data), &length)) {
            fail_msg("taken: %s", invalid[i]);
        }
    }
    assert_false(base64url_decode("Zm\0v", 4, data, sizeof(data), &length));
    assert_false(base64url_decode("Zm9vYmFy", 8, data, 5, &length)); /* does not fit */
}

static void secrets_have_the_asked_entropy(void **state)
{
    (void)state;
    char one[44];
    char other[44];
    secret_new(32, one, sizeof(one));
    secret_new(32, other, sizeof(other));
    assert_int_equal(strlen(one), 43);
    assert_string_not_equal(one, other);
    unsigned char bytes[32];
    size_t length = 0;
    assert_true(base64url_decode(one, 43, bytes, sizeof(bytes), &length));
    assert_int_equal(length, 32);
}

static void codes_are_six_digits_that_differ(void **state)
{
    (void)state;
    char codes[8][DIGITS_SIZE];
    bool differ = false;
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++) {
        digits_new(codes[i]);
        assert_int_equal(strlen(codes[i]), 6);
        assert_int_equal(strspn(codes[i], "0123456789"), 6);
        differ = differ || strcmp(codes[i], codes[0]) != 0;
    }
    assert_true(differ);
}

static void digests_match_known_values(void **state)
{
    (void)state;
    char hex[65];
    sha256_hex("abc", 3, hex); /* FIPS 180-4 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hmac_sha256_hex("Jefe", 4, "what do ya want for nothing?", 28, hex); /* RFC 4231, case 2 */
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void secrets_are_compared_whole(void **state)
{
    (void)state;
    assert_true(secret_equal("", ""));
    assert_true(secret_equal("same", "same"));
    assert_false(secret_equal("same", "samf"));
    assert_false(secret_equal("same", "Same"));
    assert_false(secret_equal("same", "same "));
    assert_false(secret_equal("same", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_uuid_is_version_7_and_carries_the_time),
        cmocka_unit_test(uuids_do_not_repeat),
        cmocka_unit_test(only_well_formed_uuids_are_valid),
        cmocka_unit_test(base64url_follows_rfc_4648),
        cmocka_unit_test(base64url_is_read_strictly),
        cmocka_unit_test(secrets_have_the_asked_entropy),
        cmocka_unit_test(codes_are_six_digits_that_differ),
        cmocka_unit_test(digests_match_known_values),
        cmocka_unit_test(secrets_are_compared_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
