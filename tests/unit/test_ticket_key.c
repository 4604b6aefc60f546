/* Rings of keys, and the file they live in. */
#include "common/cleanup.h"
#include "common/log.h"
#include "common/memory.h"
#include "fcgi/checkout/paper/key_file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define X1 "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define D1 "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define X2 "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"
#define KEY(kid, halves) "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" kid "\"," halves "}"
#define SIGNS "\"x\":\"" X1 "\",\"d\":\"" D1 "\""
#define VERIFIES "\"x\":\"" X2 "\""
#define SET(keys) "{\"keys\":[" keys "]}"

static void what_is_not_a_ring_is_refused(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "[]",
        "{}",
        "{\"keys\": {}}",
        SET(""),
        SET("1"),
        SET(KEY("ABC", VERIFIES)),
        SET(KEY("7QK", SIGNS) "," KEY("7QK", VERIFIES)),
        SET(KEY("7QK", SIGNS) "," KEY("ABC", SIGNS)),
        SET(KEY("7Q", SIGNS)),
        SET(KEY("7QK2", SIGNS)),
        SET(KEY("7qk", SIGNS)),
        SET(KEY("7Q1", SIGNS)),
        SET(KEY("7QK", "\"x\":\"" X2 "\",\"d\":\"" D1 "\"")),
        SET(KEY("7QK", "\"x\":\"" X1 "\",\"d\":\"\"")),
        SET(KEY("7QK", "\"x\":\"" X1 "\",\"d\":null")),
        SET(KEY("7QK", "\"x\":\"" X1 "=\",\"d\":\"" D1 "\"")),
        SET(KEY("7QK", "\"d\":\"" D1 "\"")),
        SET("{\"kty\":\"EC\",\"crv\":\"Ed25519\",\"kid\":\"7QK\"," SIGNS "}"),
        SET("{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"kid\":\"7QK\"," SIGNS "}"),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(sets); i++) {
        json_auto_t *set = json_loads(sets[i], 0, NULL);
        const char *problem = NULL;
        assert_non_null(set);
        assert_null(ticket_ring_parse(set, &problem));
        assert_non_null(problem);
    }
}

static void the_public_set_tells_no_secret(void **state)
{
    (void)state;
    const char *problem = NULL;
    json_auto_t *set = json_loads(SET(KEY("7QK", SIGNS) "," KEY("ABC", VERIFIES)), 0, NULL);
    CLEANUP(ticket_ring_free) struct ticket_ring *ring = ticket_ring_parse(set, &problem);
    json_auto_t *public_set = ticket_ring_public(ring);
    CLEANUP(free) char *text = json_dumps(public_set, 0);
    assert_null(strstr(text, D1));
    assert_null(strstr(text, "\"d\""));
    assert_int_equal(json_array_size(json_object_get(public_set, "keys")), 2);
    assert_string_equal(ticket_ring_active(ring), "7QK");
}

/* RFC 8032 §7.1, TEST 1: the empty message. */
static void signatures_are_those_of_the_rfc(void **state)
{
    (void)state;
    static const unsigned char expected[] = {0xe5, 0x56, 0x43, 0x00, 0xc3, 0x60, 0xac, 0x72};
    const char *problem = NULL;
    json_auto_t *set = json_loads(SET(KEY("7QK", SIGNS)), 0, NULL);
    CLEANUP(ticket_ring_free) struct ticket_ring *ring = ticket_ring_parse(set, &problem);
    unsigned char signature[TICKET_SIGNATURE_BYTES];
    ticket_ring_sign(ring, "", 0, signature);
    assert_memory_equal(signature, expected, sizeof(expected));
    assert_true(ticket_ring_verify(ring, "7QK", "", 0, signature));
    assert_false(ticket_ring_verify(ring, "7QK", "x", 1, signature));
    assert_false(ticket_ring_verify(ring, "ABC", "", 0, signature));
}

static void rotation_takes_the_private_half_away(void **state)
{
    (void)state;
    json_t *set = ticket_keys_rotate(NULL);
    for (int times = 1; times < TICKET_KEYS_MAX; times++) {
        json_t *next = ticket_keys_rotate(set);
        json_decref(set);
        set = next;
    }
    assert_null(ticket_keys_rotate(set)); /* full */
    const char *problem = NULL;
    CLEANUP(ticket_ring_free) struct ticket_ring *ring = ticket_ring_parse(set, &problem);
    assert_non_null(ring);
    const json_t *keys = json_object_get(set, "keys");
    assert_int_equal(json_array_size(keys), TICKET_KEYS_MAX);
    for (size_t i = 0; i < TICKET_KEYS_MAX; i++) {
        assert_int_equal(json_object_get(json_array_get(keys, i), "d") != NULL, i == 0);
    }
    json_decref(set);
}

static void the_ring_follows_its_file(void **state)
{
    (void)state;
    char folder[] = "/tmp/ticket-keys-XXXXXX";
    assert_non_null(mkdtemp(folder));
    CLEANUP(free) char *path = NULL;
    assert_true(asprintf(&path, "%s/keys.json", folder) > 0);
    assert_null(ticket_keys_open(path));
    json_auto_t *first = ticket_keys_rotate(NULL);
    json_auto_t *second = ticket_keys_rotate(first);
    assert_true(ticket_key_file_write(path, first));
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    struct ticket_keys *keys = ticket_keys_open(path);
    const struct ticket_ring *before = ticket_keys_borrow(keys);
    CLEANUP(free) char *id = memory_text(ticket_ring_active(before));
    assert_true(ticket_key_file_write(path, second));
    usleep(1100 * 1000);
    const struct ticket_ring *after = ticket_keys_borrow(keys);
    assert_string_not_equal(ticket_ring_active(after), id);
    assert_true(ticket_ring_has(after, id));
    assert_string_equal(ticket_ring_active(before), id); /* still whole: its reader has not given it back */
    ticket_keys_return(keys, before);
    FILE *broken = fopen(path, "w");
    fputs("{", broken);
    fclose(broken);
    usleep(1100 * 1000);
    const struct ticket_ring *kept = ticket_keys_borrow(keys);
    assert_ptr_equal(kept, after);
    ticket_keys_return(keys, kept);
    ticket_keys_return(keys, after);
    ticket_keys_free(keys);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    log_open("test", LOG_LEVEL_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_a_ring_is_refused),
        cmocka_unit_test(the_public_set_tells_no_secret),
        cmocka_unit_test(signatures_are_those_of_the_rfc),
        cmocka_unit_test(rotation_takes_the_private_half_away),
        cmocka_unit_test(the_ring_follows_its_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
