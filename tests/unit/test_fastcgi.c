/* The records of FastCGI: however a request is cut it is the same, what breaks a rule is refused, and an
 * answer taken apart gives its parts back. The wire is made here byte by byte, with nothing of fastcgi.c. */
#include "common/fastcgi.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, ID = 0x0102, CONTENT_MAX = 65535 };
/* How much of the body to keep; or fastcgi_keep_body() is not called. */
enum { PLENTY = 1000, NOT_ASKED = -1 };

struct wire {
    struct arena *arena;
    unsigned char *bytes;
    size_t length, size;
};

static const struct wire NOTHING; /* no parameters, no body */

static void put(struct wire *wire, const void *bytes, size_t length)
{
    if (wire->size - wire->length <= length) {
        wire->size = 2 * wire->size + length + 1;
        unsigned char *larger = arena_alloc(wire->arena, wire->size);
        memcpy(larger, wire->length > 0 ? wire->bytes : larger, wire->length);
        wire->bytes = larger;
    }
    memcpy(wire->bytes + wire->length, bytes, length);
    wire->length += length;
}

static char *text_of(struct arena *arena, char letter, size_t length)
{
    return memset(arena_alloc(arena, length + 1), letter, length);
}

/* Padding and reserved bytes are not zero: nobody may look at them. */
static void put_record(struct wire *wire, int type, const void *content, size_t length, unsigned char padding)
{
    unsigned char header[] = {1, (unsigned char)type, ID >> 8, ID & 0xff, 0, 0, padding, 0xee};
    header[4] = (unsigned char)(length >> 8);
    header[5] = (unsigned char)length;
    put(wire, header, sizeof(header));
    put(wire, content, length);
    put(wire, text_of(wire->arena, '\xff', padding), padding);
}

static void put_stream(struct wire *wire, int type, const struct wire *content, size_t record)
{
    for (size_t done = 0; done < content->length; done += record) {
        size_t left = content->length - done;
        put_record(wire, type, content->bytes + done, left < record ? left : record, 0);
    }
    put_record(wire, type, "", 0, 0);
}

static void put_length(struct wire *wire, size_t length, bool wide)
{
    const unsigned char four[] = {(unsigned char)(length >> 24 | 0x80), (unsigned char)(length >> 16),
                                  (unsigned char)(length >> 8), (unsigned char)length};
    put(wire, wide ? four : four + 3, wide ? 4 : 1);
}

static void put_pair(struct wire *pairs, const char *name, const char *value)
{
    put_length(pairs, strlen(name), strlen(name) > 127);
    put_length(pairs, strlen(value), strlen(value) > 127);
    put(pairs, name, strlen(name));
    put(pairs, value, strlen(value));
}

/* A NUL of the body is told as '0'. */
static void tell_event(FILE *out, const struct fastcgi_reader *reader, enum fastcgi_event event, size_t at)
{
    if (event == FASTCGI_HEAD) {
        fprintf(out, "@%zu %d%s:", at, reader->request_id, reader->keep ? " keep" : "");
        for (size_t i = 0; i < reader->param_count; i++) {
            fprintf(out, "%s=%s&", reader->params[i].name, reader->params[i].value);
            assert_string_equal(fastcgi_param(reader, reader->params[i].name), reader->params[i].value);
        }
    } else if (event == FASTCGI_REQUEST) {
        fprintf(out, "@%zu %zu of %zu:", at, reader->body_length, reader->body_received);
        for (size_t i = 0; i < reader->body_length; i++) {
            fputc(reader->body[i] != '\0' ? reader->body[i] : '0', out);
        }
        assert_true(reader->body == NULL || reader->body[reader->body_length] == '\0');
    } else if (event == FASTCGI_BROKEN) {
        fputs(" BROKEN", out);
    }
}

/* Reads up to the end of a request and tells what came, and after how many bytes. Each piece is a copy of
 * exactly its size that is gone afterwards: the sanitizer sees what is read beyond it, or later. */
static char *tell(struct arena *arena, const struct wire *wire, size_t first, size_t piece, int keep)
{
    CLEANUP(free) char *told = NULL;
    size_t told_length = 0;
    FILE *out = open_memstream(&told, &told_length);
    struct fastcgi_reader reader;
    fastcgi_reader_start(&reader, arena);
    enum fastcgi_event event = FASTCGI_MORE;
    size_t at = 0;
    for (size_t end = first; event == FASTCGI_HEAD || (event == FASTCGI_MORE && at < wire->length);) {
        size_t taken = SIZE_MAX;
        CLEANUP(free) char *copy = malloc(end > at ? end - at : 1);
        memcpy(copy, wire->bytes + at, end - at);
        event = fastcgi_read(&reader, (const unsigned char *)copy, end - at, &taken);
        assert_true(event == FASTCGI_MORE ? taken == end - at : taken <= end - at);
        at += taken;
        if (event == FASTCGI_MORE) {
            end = wire->length - end < piece ? wire->length : end + piece;
        }
        tell_event(out, &reader, event, at);
        if (event == FASTCGI_HEAD && keep != NOT_ASKED) {
            fastcgi_keep_body(&reader, (size_t)keep);
        }
    }
    fclose(out);
    return arena_text(arena, told);
}

static char *tell_whole(struct arena *arena, const struct wire *wire, int keep)
{
    return tell(arena, wire, wire->length, 1, keep);
}

static struct wire request(struct arena *arena, unsigned char flags, const struct wire *pairs,
                           const struct wire *body, size_t record)
{
    const unsigned char begin[] = {0, 1, flags, 0xee, 0xee, 0xee, 0xee, 0xee};
    struct wire wire = {.arena = arena};
    put_record(&wire, BEGIN, begin, sizeof(begin), 0);
    put_stream(&wire, PARAMS, pairs, record);
    put_stream(&wire, STDIN, body, record);
    return wire;
}

/* Records with padding and without; the first cut is within a name, and the body has a NUL. */
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
    put_record(&wire, BEGIN, "\0\1\1\0\0\0\0", 8, 4);
    put_record(&wire, PARAMS, pairs.bytes, 30, 7);
    put_record(&wire, PARAMS, pairs.bytes + 30, pairs.length - 30, 255);
    put_record(&wire, PARAMS, "", 0, 3);
    size_t head = wire.length;
    put_record(&wire, STDIN, "body\0", 5, 0);
    put_record(&wire, STDIN, "more", 4, 1);
    put_record(&wire, STDIN, "", 0, 200);
    *ret_told = arena_printf(arena, "@%zu 258 keep:URI=/holds&METHOD=&%s=short&UR=%s&@%zu 9 of 9:body0more",
                             head, n, v, wire.length);
    return wire;
}

/* A second request is behind it and is left: what is told has where the reader stopped. */
static void a_request_is_the_same_however_it_is_cut(void **state)
{
    char *told = NULL;
    struct wire wire = sample(*state, &told);
    put(&wire, arena_text(*state, "\1\1 the next one"), 15);
    for (size_t cut = 0; cut <= wire.length; cut++) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        assert_string_equal(tell(arena, &wire, cut, wire.length, PLENTY), told);
        assert_string_equal(tell(arena, &wire, 0, cut + 1, PLENTY), told); /* at first byte by byte */
    }
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
    put_pair(&pairs, "", "nameless");
    const char *wanted = arena_printf(*state, " 258:A=%s&%s=%s&D=ee&=nameless&@", a, b, a);
    for (size_t record = 1; record <= CONTENT_MAX; record *= 2) {
        struct wire wire = request(*state, 0, &pairs, &NOTHING, record);
        assert_non_null(strstr(tell_whole(*state, &wire, 0), wanted));
    }
}

static void neither_parameters_nor_body_have_to_be(void **state)
{
    for (unsigned flags = 0; flags < 256; flags++) {
        struct wire wire = request(*state, (unsigned char)flags, &NOTHING, &NOTHING, 1);
        const char *told = flags % 2 == 1 ? "@24 258 keep:@32 0 of 0:" : "@24 258:@32 0 of 0:";
        assert_string_equal(tell_whole(*state, &wire, PLENTY), told);
    }
}

static void as_much_of_the_body_is_kept_as_is_wanted(void **state)
{
    const struct wire body = {.bytes = (unsigned char *)arena_text(*state, "0123456789"), .length = 10};
    struct wire wire = request(*state, 0, &NOTHING, &body, 4);
    for (int keep = NOT_ASKED; keep < 13; keep++) {
        int kept = keep < 0 ? 0 : keep < 10 ? keep : 10;
        const char *told = arena_printf(*state, "@24 258:@66 %d of 10:%.*s", kept, kept, (char *)body.bytes);
        assert_string_equal(tell_whole(*state, &wire, keep), told);
        assert_string_equal(tell(*state, &wire, 0, 1, keep), told);
    }
}

static bool is_broken(const struct wire *wire)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *told = tell(arena, wire, 0, 1, PLENTY);
    assert_string_equal(tell_whole(arena, wire, PLENTY), told);
    return strstr(told, "BROKEN") != NULL;
}

/* Version, type and id of every record, and the role: all other values of each byte. */
static void every_other_header_is_refused(void **state)
{
    char *told = NULL;
    struct wire wire = sample(*state, &told);
    for (size_t at = 0, next = 0; at < wire.length; at = next) {
        unsigned char *header = wire.bytes + at;
        next = at + FASTCGI_HEADER_SIZE + ((size_t)header[4] << 8 | header[5]) + header[6];
        for (size_t byte = 0; byte < (at == 0 ? 10 : 4); byte++) {
            for (unsigned other = 1; other < 256 && (byte < 4 || byte >= 8); other++) {
                header[byte] = (unsigned char)(header[byte] ^ other);
                assert_true(is_broken(&wire));
                header[byte] = (unsigned char)(header[byte] ^ other);
            }
        }
    }
}

static void request_id_0_is_refused(void **state)
{
    struct wire wire = request(*state, 0, &NOTHING, &NOTHING, 1);
    for (int id = 0; id < 256; id++) {
        memset(wire.bytes + 2, id, 2);
        memset(wire.bytes + 18, id, 2);
        memset(wire.bytes + 26, id, 2);
        assert_int_equal(is_broken(&wire), id == 0);
    }
}

static void a_begin_of_another_length_is_refused(void **state)
{
    const struct wire rest = request(*state, 0, &NOTHING, &NOTHING, 1);
    for (size_t length = 0; length <= 300; length++) {
        struct wire wire = {.arena = *state};
        put_record(&wire, BEGIN, memcpy(text_of(*state, '\0', 300), "\0\1", 2), length, 0);
        put(&wire, rest.bytes + 16, rest.length - 16);
        assert_int_equal(is_broken(&wire), length != 8);
    }
}

/* Behind a long pair, so that the sanitizer sees what is read beyond the last: a block ends there. */
static void parameters_have_to_fit_their_lengths(void **state)
{
    static const size_t lengths[] = {0, 1, 2, 3, 4, 0x10000, 0x40000000, 0x7fffffff};
    for (size_t i = 0; i < 4 * 8 * 8; i++) {
        size_t name = lengths[i % 8];
        size_t value = lengths[i / 8 % 8];
        struct wire pairs = {.arena = *state};
        put_pair(&pairs, "N", text_of(*state, 'v', 19998));
        put_length(&pairs, name, (i / 64 & 1) != 0 || name > 127);
        put_length(&pairs, value, (i / 64 & 2) != 0 || value > 127);
        put(&pairs, "abcd", 4);
        struct wire wire = request(*state, 0, &pairs, &NOTHING, CONTENT_MAX);
        assert_int_equal(strstr(tell_whole(*state, &wire, 0), "BROKEN") != NULL, name + value != 4);
    }
}

static void no_byte_of_parameters_may_be_missing_or_nul(void **state)
{
    struct wire pairs = {.arena = *state};
    put(&pairs, "\x80\0\0\2\x80\0\0\3abcde\1\1fg", 17);
    for (pairs.length = 0; pairs.length <= 17; pairs.length++) {
        struct wire wire = request(*state, 0, &pairs, &NOTHING, 3);
        assert_int_equal(is_broken(&wire), pairs.length != 0 && pairs.length != 13 && pairs.length != 17);
    }
    for (size_t at = 8; at < 17; at++) { /* a length that is zero does not fit, either */
        struct wire other = {.arena = *state};
        put(&other, pairs.bytes, 17);
        other.bytes[at] = '\0';
        struct wire wire = request(*state, 0, &other, &NOTHING, 3);
        assert_true(is_broken(&wire));
    }
}

/* Thousands of tiny parameters are fine; a byte too many is refused without a look at the stream's end. */
static void limits_are_kept_to_the_byte(void **state)
{
    for (size_t more = 0; more < 2; more++) {
        arena_reset(*state); /* much is put there */
        struct wire pairs = {.arena = *state};
        struct wire told = {.arena = *state};
        put(&told, "@131120 258:", 12);
        for (size_t i = 0; i < FASTCGI_PARAMS_MAX / 4; i++) {
            const char name[] = {(char)('a' + i % 26), '\0'};
            put_pair(&pairs, name, i == 0 && more > 0 ? "0!" : "0");
            put(&told, arena_printf(*state, "%s=0&", name), 4);
        }
        put(&told, "@131128 0 of 0:", 16);
        struct wire wire = request(*state, 0, &pairs, &NOTHING, CONTENT_MAX);
        wire.length -= more * 2 * FASTCGI_HEADER_SIZE;
        assert_string_equal(tell_whole(*state, &wire, 0), more > 0 ? " BROKEN" : (char *)told.bytes);
        struct wire body = {.length = FASTCGI_BODY_MAX + more};
        body.bytes = (unsigned char *)text_of(*state, 'x', body.length);
        wire = request(*state, 0, &NOTHING, &body, CONTENT_MAX);
        wire.length -= more * FASTCGI_HEADER_SIZE;
        assert_string_equal(tell_whole(*state, &wire, 2),
                            more > 0 ? "@24 258: BROKEN" : "@24 258:@16779304 2 of 16777216:xx");
    }
}

/* Reads an answer as a web server does; the number of records with content. */
static size_t take_answer(const struct wire *wire, int id, const unsigned char *wanted, size_t total)
{
    const unsigned char end[16] = {1, END, (unsigned char)(id >> 8), (unsigned char)id, 0, 8};
    size_t records = 0;
    size_t at = 0;
    for (size_t seen = 0, length = 1; length > 0; records += length > 0) {
        assert_true(wire->length - at >= 8);
        const unsigned char *record = wire->bytes + at;
        const unsigned char header[] = {1, STDOUT, end[2], end[3], record[4], record[5], 0, 0};
        assert_memory_equal(record, header, sizeof(header));
        length = (size_t)record[4] << 8 | record[5];
        at += 8 + length;
        assert_true(length <= FASTCGI_RECORD_MAX && at <= wire->length);
        assert_true(length > 0 ? length <= total - seen : seen == total);
        assert_memory_equal(record + 8, wanted + seen, length);
        seen += length;
    }
    assert_int_equal(wire->length - at, sizeof(end));
    assert_memory_equal(wire->bytes + at, end, sizeof(end));
    return records;
}

static void an_answer_gives_its_parts_back(void **state)
{
    enum { MAX = FASTCGI_RECORD_MAX, COUNT = 5 };
    static const size_t lengths[] = {0,       0,           1, MAX - 1, 1,   MAX, MAX + 1, 2, 0,
                                     MAX - 2, 3 * MAX + 7, 5, 2 * MAX, MAX, 0,   1,       0};
    static const int ids[] = {1, 255, 256, 65535};
    unsigned char *wanted = arena_alloc(*state, (size_t)COUNT * 4 * MAX);
    for (size_t i = 0; i < (size_t)COUNT * 4 * MAX; i++) {
        wanted[i] = (unsigned char)(i % 251);
    }
    for (size_t i = 0; i < (ARRAY_LENGTH(lengths) - COUNT + 1) * (COUNT + 1); i++) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        size_t count = i % (COUNT + 1);
        size_t total = 0;
        size_t used = 0;
        struct iovec parts[COUNT];
        for (size_t j = 0; j < count; j++) {
            size_t length = lengths[i / (COUNT + 1) + j];
            parts[j] = (struct iovec){.iov_base = arena_alloc(arena, length), .iov_len = length};
        }
        struct iovec *list = fastcgi_answer(arena, ids[i % 4], parts, count, &used);
        for (size_t j = 0; j < count; j++) { /* only now: the list has to lead to where the parts lie */
            memcpy(parts[j].iov_base, wanted + total, parts[j].iov_len);
            total += parts[j].iov_len;
        }
        struct wire wire = {.arena = arena};
        for (size_t j = 0; j < used; j++) {
            put(&wire, list[j].iov_base, list[j].iov_len);
        }
        size_t records = take_answer(&wire, ids[i % 4], wanted, total);
        assert_int_equal(records, (total + MAX - 1) / MAX);
        assert_in_range(used, 1, count + 2 * records + 1);
    }
}

int main(void)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(a_request_is_the_same_however_it_is_cut, arena),
        cmocka_unit_test_prestate(parameters_may_be_spread_over_records, arena),
        cmocka_unit_test_prestate(neither_parameters_nor_body_have_to_be, arena),
        cmocka_unit_test_prestate(as_much_of_the_body_is_kept_as_is_wanted, arena),
        cmocka_unit_test_prestate(every_other_header_is_refused, arena),
        cmocka_unit_test_prestate(request_id_0_is_refused, arena),
        cmocka_unit_test_prestate(a_begin_of_another_length_is_refused, arena),
        cmocka_unit_test_prestate(parameters_have_to_fit_their_lengths, arena),
        cmocka_unit_test_prestate(no_byte_of_parameters_may_be_missing_or_nul, arena),
        cmocka_unit_test_prestate(limits_are_kept_to_the_byte, arena),
        cmocka_unit_test_prestate(an_answer_gives_its_parts_back, arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
