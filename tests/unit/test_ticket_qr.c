/* The text of a ticket: one spelling is accepted, and everything else is refused. */
#include "common/cleanup.h"
#include "common/memory.h"
#include "fcgi/checkout/paper/qr.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TICKET "0193a5c0-7b1e-7c3a-9d2f-6a1b2c3d4e5f"
#define SHOW "de300000-0000-4000-8000-000000000101"
/* RFC 8032 §7.1, TEST 1 (it signs) and TEST 2 (public half only). */
#define KEY_1                                                                                                \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"7QK\",\"x\":\"11qYAYKxCrfVS_"                            \
    "7TyWQHOg7hcvPapiMlrwIaaPcHURo\","                                                                       \
    "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}"
#define KEY_2                                                                                                \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ABC\",\"x\":\"PUAXw-hDiVqStwqnTRt-"                      \
    "vJyYLM8uxJaMwM1V8Sr0Zgw\"}"
/* The example of nginx/html/docs/qr.html. */
#define EXAMPLE                                                                                              \
    "T17QKABAZOlwHsefDqdL2obLD1OX94wAAAAAEAAgAAAAAAAAQEA12OAyL3fdwguTBaf1YGRT5jFefHDaczRzwz-"                \
    "Hvcvggmz3Q8aFFpbNEKqd"                                                                                  \
    "9OFl7QQh-cXtXfluQ9bFRBU_XjYFhDA"

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const size_t SIGNATURE_LENGTH = 86;

static struct ticket_ring *ring_of(const char *text)
{
    const char *problem = NULL;
    json_auto_t *set = json_loads(text, 0, NULL);
    assert_non_null(set);
    struct ticket_ring *ring = ticket_ring_parse(set, &problem);
    assert_non_null(ring);
    return ring;
}

static int set_up(void **state)
{
    *state = ring_of("{\"keys\": [" KEY_1 "," KEY_2 "]}");
    return 0;
}

static int tear_down(void **state)
{
    ticket_ring_free(*state);
    return 0;
}

static enum ticket_qr_verdict read_bytes(const struct ticket_ring *ring, const char *text, size_t length)
{
    /* A copy of exactly this size: the sanitizer sees what is read beyond it. */
    CLEANUP(free) char *copy = memory_new(length + 1, 1);
    CLEANUP(free) char *exact = malloc(length == 0 ? 1 : length);
    memcpy(copy, text, length);
    memcpy(exact, text, length);
    struct ticket_qr qr = {.revision = 7777};
    enum ticket_qr_verdict verdict = ticket_qr_read(ring, exact, length, &qr);
    if (verdict != TICKET_QR_GENUINE) {
        assert_int_equal(qr.revision, 7777); /* untouched */
    }
    return verdict;
}

static enum ticket_qr_verdict read_text(const struct ticket_ring *ring, const char *text)
{
    return read_bytes(ring, text, strlen(text));
}

static void the_worked_example_stands(void **state)
{
    char text[TICKET_QR_SIZE];
    assert_true(ticket_qr_write(*state, TICKET, SHOW, "A12", 1, text));
    assert_string_equal(text, EXAMPLE);
    struct ticket_qr qr;
    assert_int_equal(ticket_qr_read(*state, text, strlen(text), &qr), TICKET_QR_GENUINE);
    assert_string_equal(qr.ticket_id, TICKET);
    assert_string_equal(qr.show_id, SHOW);
    assert_string_equal(qr.seat, "A12");
    assert_string_equal(qr.key_id, "7QK");
    assert_int_equal(qr.revision, 1);
}

static void ids_in_capitals_give_the_same_text(void **state)
{
    char text[TICKET_QR_SIZE];
    assert_true(ticket_qr_write(*state, "0193A5C0-7B1E-7C3A-9D2F-6A1B2C3D4E5F",
                                "DE300000-0000-4000-8000-000000000101", "A12", 1, text));
    assert_string_equal(text, EXAMPLE);
}

static void every_seat_and_revision_returns(void **state)
{
    static const struct {
        const char *seat_id, *written;
    } seats[] = {{"1", "1"},
                 {"101-A-31", "101-A-31"},
                 {"ABCDEFGHIJKLMN", "ABCDEFGHIJKLMN"},
                 {"ABCDEFGHIJKLMNO", "~CDEFGHIJKLMNO"},
                 {"balcony-left_upper-AA-12", "~t_upper-AA-12"}};
    static const unsigned revisions[] = {0, 1, 63, 64, 4095};
    for (size_t i = 0; i < ARRAY_LENGTH(seats); i++) {
        for (size_t j = 0; j < ARRAY_LENGTH(revisions); j++) {
            char text[TICKET_QR_SIZE];
            struct ticket_qr qr;
            assert_true(ticket_qr_write(*state, TICKET, SHOW, seats[i].seat_id, revisions[j], text));
            assert_in_range(strlen(text), TICKET_QR_LENGTH_MIN, TICKET_QR_LENGTH_MAX);
            assert_int_equal(ticket_qr_read(*state, text, strlen(text), &qr), TICKET_QR_GENUINE);
            assert_string_equal(qr.seat, seats[i].written);
            assert_int_equal(qr.revision, revisions[j]);
        }
    }
}

static void what_cannot_be_written_is_not(void **state)
{
    char text[TICKET_QR_SIZE] = "untouched";
    assert_false(ticket_qr_write(*state, "0193a5c0", SHOW, "A1", 0, text));
    assert_false(ticket_qr_write(*state, TICKET, "", "A1", 0, text));
    assert_false(ticket_qr_write(*state, TICKET, SHOW, "", 0, text));
    assert_false(ticket_qr_write(*state, TICKET, SHOW, "A 1", 0, text));
    assert_false(ticket_qr_write(*state, TICKET, SHOW, "~CDEFGHIJKLMNO", 0, text));
    assert_false(ticket_qr_write(*state, TICKET, SHOW, "Đ1", 0, text));
    assert_false(ticket_qr_write(*state, TICKET, SHOW, "A1", TICKET_REVISION_MAX + 1, text));
    assert_string_equal(text, "untouched");
}

/* All 255 other values of every byte. */
static void every_changed_byte_is_refused(void **state)
{
    char text[] = EXAMPLE;
    for (size_t i = 0; i < strlen(EXAMPLE); i++) {
        for (unsigned other = 1; other < 256; other++) {
            text[i] = (char)((unsigned char)EXAMPLE[i] ^ other);
            assert_int_not_equal(read_bytes(*state, text, strlen(EXAMPLE)), TICKET_QR_GENUINE);
        }
        text[i] = EXAMPLE[i];
    }
    assert_int_equal(read_text(*state, text), TICKET_QR_GENUINE);
}

static void every_truncation_and_addition_is_refused(void **state)
{
    size_t length = strlen(EXAMPLE);
    for (size_t from = 0; from <= length; from++) {
        for (size_t kept = 0; from + kept <= length; kept++) {
            if (kept < length) {
                assert_int_not_equal(read_bytes(*state, &EXAMPLE[from], kept), TICKET_QR_GENUINE);
            }
        }
    }
    for (size_t at = 0; at <= length; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char longer[sizeof(EXAMPLE) + 1];
            memcpy(longer, EXAMPLE, at);
            longer[at] = (char)byte;
            memcpy(longer + at + 1, &EXAMPLE[at], length - at);
            assert_int_not_equal(read_bytes(*state, longer, length + 1), TICKET_QR_GENUINE);
        }
    }
    assert_int_equal(read_text(*state, EXAMPLE "="), TICKET_QR_MALFORMED);
    assert_int_equal(read_text(*state, EXAMPLE "\n"), TICKET_QR_MALFORMED);
    assert_int_equal(read_text(*state, " " EXAMPLE), TICKET_QR_MALFORMED);
}

/* The last character of either base64url part has bits that stand for nothing. */
static void stray_bits_are_refused(void **state)
{
    static const size_t ends[] = {49, sizeof(EXAMPLE) - 2};
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        char text[] = EXAMPLE;
        size_t digit = (size_t)(strchr(DIGITS, text[ends[i]]) - DIGITS);
        assert_int_equal(digit % 4, 0);
        for (size_t stray = 1; stray < 4; stray++) {
            text[ends[i]] = DIGITS[digit + stray];
            assert_int_equal(read_text(*state, text), TICKET_QR_MALFORMED);
        }
    }
}

static void the_same_letters_in_another_case_are_refused(void **state)
{
    for (size_t i = 0; i < strlen(EXAMPLE); i++) {
        char text[] = EXAMPLE;
        if ((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z') {
            text[i] ^= 0x20;
            assert_int_not_equal(read_text(*state, text), TICKET_QR_GENUINE);
        }
    }
}

/* S + L verifies in careless implementations (RFC 8032 §5.1.7). */
static void a_signature_with_a_large_s_is_refused(void **state)
{
    static const unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                            0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                            0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
    char text[] = EXAMPLE;
    char *start = text + strlen(text) - SIGNATURE_LENGTH;
    unsigned char signature[TICKET_SIGNATURE_BYTES];
    size_t length = 0;
    assert_true(base64url_decode(start, SIGNATURE_LENGTH, signature, sizeof(signature), &length));
    for (int times = 1; times <= 7; times++) {
        unsigned carry = 0;
        for (size_t i = 0; i < sizeof(order); i++) {
            carry += (unsigned)signature[32 + i] + order[i];
            signature[32 + i] = (unsigned char)carry;
            carry >>= 8;
        }
        base64url_encode(signature, sizeof(signature), start, SIGNATURE_LENGTH + 1);
        assert_int_equal(read_text(*state, text), TICKET_QR_FORGED);
    }
}

static void texts_of_other_tickets_do_not_lend_their_signature(void **state)
{
    static const struct {
        const char *ticket, *show, *seat;
        unsigned revision;
    } others[] = {{"0193a5c0-7b1e-7c3a-9d2f-6a1b2c3d4e5e", SHOW, "A12", 1},
                  {TICKET, "de300000-0000-4000-8000-000000000102", "A12", 1},
                  {TICKET, SHOW, "A13", 1},
                  {TICKET, SHOW, "A12", 0}};
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        char text[TICKET_QR_SIZE];
        assert_true(ticket_qr_write(*state, others[i].ticket, others[i].show, others[i].seat,
                                    others[i].revision, text));
        assert_int_equal(read_text(*state, text), TICKET_QR_GENUINE);
        size_t at = strlen(text) - SIGNATURE_LENGTH;
        memcpy(text + at, &EXAMPLE[at], SIGNATURE_LENGTH);
        assert_int_equal(read_text(*state, text), TICKET_QR_FORGED);
    }
}

static void another_key_is_refused(void **state)
{
    json_auto_t *set = ticket_keys_rotate(NULL);
    const char *problem = NULL;
    CLEANUP(ticket_ring_free) struct ticket_ring *other = ticket_ring_parse(set, &problem);
    char text[TICKET_QR_SIZE];
    assert_true(ticket_qr_write(other, TICKET, SHOW, "A12", 1, text));
    assert_int_equal(read_text(other, text), TICKET_QR_GENUINE);
    assert_int_equal(read_text(*state, text), TICKET_QR_UNKNOWN_KEY);
    memcpy(text + 2, "7QK", 3); /* a stranger's signature under our key's name */
    assert_int_equal(read_text(*state, text), TICKET_QR_FORGED);
    assert_int_equal(read_text(other, EXAMPLE), TICKET_QR_UNKNOWN_KEY);
    char renamed[] = EXAMPLE;
    memcpy(renamed + 2, "ABC", 3); /* our signature under another of our keys' names */
    assert_int_equal(read_text(*state, renamed), TICKET_QR_FORGED);
}

static void a_rotated_key_verifies_until_it_is_removed(void **state)
{
    (void)state;
    json_auto_t *first = json_loads("{\"keys\": [" KEY_1 "]}", 0, NULL);
    json_auto_t *second = ticket_keys_rotate(first);
    const char *problem = NULL;
    CLEANUP(ticket_ring_free) struct ticket_ring *rotated = ticket_ring_parse(second, &problem);
    assert_non_null(rotated);
    assert_string_not_equal(ticket_ring_active(rotated), "7QK");
    assert_int_equal(read_text(rotated, EXAMPLE), TICKET_QR_GENUINE);
    json_array_remove(json_object_get(second, "keys"), 1);
    CLEANUP(ticket_ring_free) struct ticket_ring *removed = ticket_ring_parse(second, &problem);
    assert_non_null(removed);
    assert_int_equal(read_text(removed, EXAMPLE), TICKET_QR_UNKNOWN_KEY);
}

/* A fixed sequence: a failure can be repeated. */
static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static void random_mutations_are_refused(void **state)
{
    uint64_t seed = 20261123;
    for (int round = 0; round < 20000; round++) {
        char text[TICKET_QR_SIZE + 8];
        size_t length = strlen(EXAMPLE);
        memcpy(text, EXAMPLE, length + 1);
        uint32_t changes = next_random(&seed) % 4 + 1;
        for (uint32_t i = 0; i < changes; i++) {
            size_t at = next_random(&seed) % length;
            size_t from = next_random(&seed) % length;
            switch (next_random(&seed) % 4) {
            case 0:
                text[at] = DIGITS[next_random(&seed) % 64];
                break;
            case 1:
                text[at] = (char)next_random(&seed);
                break;
            case 2:
                memmove(text + at, text + from, length - (at > from ? at : from));
                break;
            default:
                memmove(text + at, text + at + 1, length - at - 1);
                length -= length > TICKET_QR_LENGTH_MIN ? 1 : 0;
            }
        }
        bool same = length == strlen(EXAMPLE) && memcmp(text, EXAMPLE, length) == 0;
        assert_int_equal(read_bytes(*state, text, length) == TICKET_QR_GENUINE, same);
    }
}

static void anything_at_all_may_be_scanned(void **state)
{
    static const char *const texts[] = {"", "T1", "https://example.com/", "T17QK", "T27QK"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        assert_int_equal(read_text(*state, texts[i]), TICKET_QR_MALFORMED);
    }
    char version[] = EXAMPLE;
    version[1] = '2';
    assert_int_equal(read_text(*state, version), TICKET_QR_MALFORMED);
    CLEANUP(free) char *huge = memory_new(1 << 20, 1);
    memset(huge, 'A', 1 << 20);
    memcpy(huge, EXAMPLE, strlen(EXAMPLE));
    assert_int_equal(read_bytes(*state, huge, 1 << 20), TICKET_QR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_worked_example_stands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_in_capitals_give_the_same_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_seat_and_revision_returns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_is_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_changed_byte_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_truncation_and_addition_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stray_bits_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_letters_in_another_case_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signature_with_a_large_s_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_of_other_tickets_do_not_lend_their_signature, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_key_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rotated_key_verifies_until_it_is_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_mutations_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(anything_at_all_may_be_scanned, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
