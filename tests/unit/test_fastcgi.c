/* What fastcgi.h makes of libfcgi: a request is the same however often it is read again, and what is none is
 * refused. */
#include "tests/unit/fastcgi_wire.h"
#include <stdio.h>

/* What was read, in words; a NUL of the body is told as '0'. */
static char *in_words(struct arena *arena, const struct fastcgi *fastcgi)
{
    CLEANUP(free) char *told = NULL;
    size_t told_length = 0;
    FILE *out = open_memstream(&told, &told_length);
    fprintf(out, "%s:", fastcgi->keep ? "keep" : "once");
    for (char **each = fastcgi->request.envp; *each != NULL; each++) {
        fprintf(out, "%s&", *each);
    }
    fprintf(out, "%zu of %zu:", fastcgi->body_length, fastcgi->body_received);
    for (size_t i = 0; i < fastcgi->body_length; i++) {
        fputc(fastcgi->body[i] != '\0' ? fastcgi->body[i] : '0', out);
    }
    assert_int_equal(fastcgi->body[fastcgi->body_length], '\0');
    fclose(out);
    return arena_text(arena, told);
}

/* The request in words; "MORE" or "BROKEN" when it is none. */
static char *tell(struct arena *arena, const struct wire *wire, size_t keep)
{
    struct fastcgi fastcgi;
    fastcgi_open(&fastcgi, -1);
    enum fastcgi_event event = try_once(&fastcgi, arena, wire, wire->length, keep);
    char *told = event == FASTCGI_REQUEST ? in_words(arena, &fastcgi)
                                          : arena_text(arena, event == FASTCGI_MORE ? "MORE" : "BROKEN");
    fastcgi_close(&fastcgi);
    return told;
}

/* Records with padding and without; the first cut is within a name, and the body has a NUL. The records that
 * end something have no padding: libfcgi 2.4.2 would not skip it, and nginx sends none. */
static struct wire sample(struct arena *arena, char **ret_told)
{
    const char *n = text_of(arena, 'n', 128);
    const char *v = text_of(arena, 'v', 300);
    struct wire pairs = {.arena = arena};
    put_pair(&pairs, "URI", "/holds");
    put_pair(&pairs, "METHOD", "");
    put_pair(&pairs, n, "short");
    put_pair(&pairs, "UR", v);
    struct wire wire = {.arena = arena};
    put_record(&wire, BEGIN, "\0\1\1\0\0\0\0", 8, 0);
    put_record(&wire, PARAMS, pairs.bytes, 30, 7);
    put_record(&wire, PARAMS, pairs.bytes + 30, pairs.length - 30, 255);
    put_record(&wire, PARAMS, "", 0, 0);
    put_record(&wire, STDIN, "body\0", 5, 0);
    put_record(&wire, STDIN, "more", 4, 1);
    put_record(&wire, STDIN, "", 0, 0);
    *ret_told = arena_printf(
        arena, "keep:FCGI_ROLE=RESPONDER&URI=/holds&METHOD=&%s=short&UR=%s&9 of 9:body0more", n, v);
    return wire;
}

/* As a connection does that gets one byte at a time, or a part and then the rest. */
static void a_request_is_the_same_however_it_is_cut(void **state)
{
    char *told = NULL;
    struct wire wire = sample(*state, &told);
    struct fastcgi fastcgi;
    fastcgi_open(&fastcgi, -1);
    for (size_t length = 0; length < wire.length; length++) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        if (try_once(&fastcgi, arena, &wire, length, PLENTY) != FASTCGI_MORE) {
            fail_msg("after %zu bytes", length);
        }
    }
    CLEANUP(arena_free) struct arena *arena = arena_new();
    assert_int_equal(try_once(&fastcgi, arena, &wire, wire.length, PLENTY), FASTCGI_REQUEST);
    assert_string_equal(in_words(*state, &fastcgi), told);
    assert_string_equal(fastcgi_param(&fastcgi, "URI"), "/holds");
    assert_null(fastcgi_param(&fastcgi, "URIS"));
    fastcgi_close(&fastcgi);
}

static void parameters_may_be_spread_over_records(void **state)
{
    struct wire pairs = {.arena = *state};
    const char *a = text_of(*state, 'a', 127);
    const char *b = text_of(*state, 'b', 66000);
    put_pair(&pairs, "A", a);
    put_pair(&pairs, b, a);
    put_length(&pairs, 1, true); /* four bytes where one would do */
    put_length(&pairs, 2, true);
    put(&pairs, "Dee", 3);
    const char *wanted = arena_printf(*state, "once:FCGI_ROLE=RESPONDER&A=%s&%s=%s&D=ee&0 of 0:", a, b, a);
    for (size_t record = 1; record <= CONTENT_MAX; record *= 2) {
        struct wire wire = request(*state, 0, &pairs, &NOTHING, record);
        assert_string_equal(tell(*state, &wire, 0), wanted);
    }
}

static void neither_parameters_nor_body_have_to_be(void **state)
{
    for (unsigned flags = 0; flags < 256; flags++) {
        struct wire wire = request(*state, (unsigned char)flags, &NOTHING, &NOTHING, 1);
        assert_string_equal(tell(*state, &wire, PLENTY), flags % 2 == 1 ? "keep:FCGI_ROLE=RESPONDER&0 of 0:"
                                                                        : "once:FCGI_ROLE=RESPONDER&0 of 0:");
    }
}

static void as_much_of_the_body_is_kept_as_is_wanted(void **state)
{
    const struct wire body = {.bytes = (unsigned char *)arena_text(*state, "0123456789"), .length = 10};
    struct wire wire = request(*state, 0, &NOTHING, &body, 4);
    for (size_t keep = 0; keep < 13; keep++) {
        int kept = keep < 10 ? (int)keep : 10;
        const char *told =
            arena_printf(*state, "once:FCGI_ROLE=RESPONDER&%d of 10:%.*s", kept, kept, (char *)body.bytes);
        assert_string_equal(tell(*state, &wire, keep), told);
    }
}

/* Version, type and id of every record: all other values of each byte. */
static void no_other_header_makes_a_request(void **state)
{
    char *told = NULL;
    struct wire wire = sample(*state, &told);
    for (size_t at = 0, next = 0; at < wire.length; at = next) {
        unsigned char *header = wire.bytes + at;
        next = at + HEADER_SIZE + ((size_t)header[4] << 8 | header[5]) + header[6];
        for (size_t byte = 0; byte < 4; byte++) {
            for (unsigned other = 1; other < 256; other++) {
                CLEANUP(arena_free) struct arena *arena = arena_new();
                header[byte] = (unsigned char)(header[byte] ^ other);
                assert_string_not_equal(tell(arena, &wire, PLENTY), told);
                header[byte] = (unsigned char)(header[byte] ^ other);
            }
        }
    }
}

static void a_begin_of_another_length_is_refused(void **state)
{
    const struct wire rest = request(*state, 0, &NOTHING, &NOTHING, 1);
    for (size_t length = 0; length <= 300; length++) {
        struct wire wire = {.arena = *state};
        put_record(&wire, BEGIN, memcpy(text_of(*state, '\0', 300), "\0\1", 2), length, 0);
        put(&wire, rest.bytes + 16, rest.length - 16);
        assert_int_equal(strcmp(tell(*state, &wire, 0), "BROKEN") == 0, length != 8);
    }
}

static void parameters_have_to_fit_their_lengths(void **state)
{
    static const size_t lengths[] = {0, 1, 2, 3, 4, 5, 0x10000, 0x7fffffff};
    for (size_t i = 0; i < 4 * 8 * 8; i++) {
        size_t name = lengths[i % 8];
        size_t value = lengths[i / 8 % 8];
        struct wire pairs = {.arena = *state};
        put_length(&pairs, name, (i / 64 & 1) != 0 || name > 127);
        put_length(&pairs, value, (i / 64 & 2) != 0 || value > 127);
        put(&pairs, "abcd", 4);
        struct wire wire = request(*state, 0, &pairs, &NOTHING, CONTENT_MAX);
        const char *told = tell(*state, &wire, 0);
        if (name + value > 4) {
            assert_string_equal(told, "BROKEN");
        }
    }
}

/* libfcgi would take these parameters for complete: the fault stands between two of them. */
static void a_fault_between_two_parameters_is_refused(void **state)
{
    struct wire wire = {.arena = *state};
    put_record(&wire, BEGIN, "\0\1\1\0\0\0\0", 8, 0);
    put_record(&wire, PARAMS, "\1\1ab", 4, 0);
    put_record(&wire, STDIN, "", 0, 0);
    put_record(&wire, PARAMS, "", 0, 0);
    put_record(&wire, STDIN, "", 0, 0);
    struct fastcgi fastcgi;
    fastcgi_open(&fastcgi, -1);
    assert_int_equal(fastcgi_head(&fastcgi, wire.bytes, wire.length), FASTCGI_BROKEN);
    fastcgi_close(&fastcgi);
}

/* nginx asks for no values of the library, and would not expect an answer before its request's. */
static void a_management_record_is_refused_without_an_answer(void **state)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct wire wire = {.arena = *state};
    put_record(&wire, GET_VALUES, "", 0, 0);
    wire.bytes[2] = wire.bytes[3] = 0;
    struct wire rest = request(*state, 1, &NOTHING, &NOTHING, 1);
    put(&wire, rest.bytes, rest.length);
    struct fastcgi fastcgi;
    fastcgi_open(&fastcgi, ends[0]);
    assert_int_equal(fastcgi_head(&fastcgi, wire.bytes, wire.length), FASTCGI_BROKEN);
    fastcgi_close(&fastcgi);
    char byte = 0;
    assert_int_equal(recv(ends[1], &byte, 1, MSG_DONTWAIT), -1);
    close(ends[0]);
    close(ends[1]);
}

/* A second request before the first is answered: nginx sends none, and it must not be lost in silence. */
static void bytes_behind_a_request_are_refused(void **state)
{
    for (size_t body_length = 0; body_length < 20000; body_length += 997) {
        const struct wire body = {.bytes = (unsigned char *)text_of(*state, 'x', body_length),
                                  .length = body_length};
        struct wire wire = request(*state, 1, &NOTHING, &body, CONTENT_MAX);
        assert_string_not_equal(tell(*state, &wire, 0), "BROKEN");
        put(&wire, "\1", 1);
        assert_string_equal(tell(*state, &wire, 0), "BROKEN");
    }
}

static void a_head_without_an_end_is_given_up(void **state)
{
    struct wire wire = {.arena = *state};
    put_record(&wire, BEGIN, "\0\1\1\0\0\0\0", 8, 0);
    struct wire pairs = {.arena = *state};
    put_pair(&pairs, "N", text_of(*state, 'v', 1000));
    while (wire.length <= FASTCGI_HEAD_MAX) {
        assert_string_equal(tell(*state, &wire, 0), "MORE");
        put_record(&wire, PARAMS, pairs.bytes, pairs.length, 0);
    }
    assert_string_equal(tell(*state, &wire, 0), "BROKEN");
}

int main(void)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(a_request_is_the_same_however_it_is_cut, arena),
        cmocka_unit_test_prestate(parameters_may_be_spread_over_records, arena),
        cmocka_unit_test_prestate(neither_parameters_nor_body_have_to_be, arena),
        cmocka_unit_test_prestate(as_much_of_the_body_is_kept_as_is_wanted, arena),
        cmocka_unit_test_prestate(no_other_header_makes_a_request, arena),
        cmocka_unit_test_prestate(a_begin_of_another_length_is_refused, arena),
        cmocka_unit_test_prestate(parameters_have_to_fit_their_lengths, arena),
        cmocka_unit_test_prestate(a_fault_between_two_parameters_is_refused, arena),
        cmocka_unit_test_prestate(a_management_record_is_refused_without_an_answer, arena),
        cmocka_unit_test_prestate(bytes_behind_a_request_are_refused, arena),
        cmocka_unit_test_prestate(a_head_without_an_end_is_given_up, arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
