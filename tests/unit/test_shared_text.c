/* A text in shared chunks: earlier bodies stay as they were, unchanged ones are the same, and gzip's form
 * says the same. */
#include "common/memory.h"
#include "fcgi/events/shared_text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

enum { LENGTH = 10007, HEAD = 77, CHUNK = 512, ROUNDS = 300, KEPT = 8 };

static void fill(char *text)
{
    for (size_t i = 0; i < LENGTH; i++) {
        text[i] = (char)('a' + i * i % 23);
    }
}

/* The pieces as one text, into LENGTH bytes or more; returns the length. */
static size_t join(struct shared_body *body, bool gzip, char *room, size_t size)
{
    size_t count = 0;
    size_t length = 0;
    const struct response_piece *pieces = shared_body_pieces(body, gzip, &count);
    for (size_t i = 0; i < count; i++) {
        assert_true(length + pieces[i].length <= size);
        memcpy(room + length, pieces[i].data, pieces[i].length);
        length += pieces[i].length;
    }
    return length;
}

static void assert_says(struct shared_body *body, const char *expected)
{
    char room[2 * LENGTH];
    assert_int_equal(join(body, false, room, sizeof(room)), LENGTH);
    assert_memory_equal(room, expected, LENGTH);
    size_t length = join(body, true, room, sizeof(room));
    unsigned char plain[LENGTH + 1];
    z_stream stream = {.next_in = (Bytef *)room, .avail_in = (uInt)length};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK); /* gzip only; checks length and checksum */
    stream.next_out = plain;
    stream.avail_out = sizeof(plain);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    assert_int_equal(stream.total_out, LENGTH);
    inflateEnd(&stream);
    assert_memory_equal(plain, expected, LENGTH);
}

static void earlier_bodies_stay(void **state)
{
    (void)state;
    char now[LENGTH];
    char then[KEPT][LENGTH];
    struct shared_body *bodies[KEPT] = {NULL};
    fill(now);
    struct shared_text *text = shared_text_new(now, LENGTH, HEAD, CHUNK);
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t slot = round % KEPT;
        if (bodies[slot] != NULL) {
            assert_says(bodies[slot], then[slot]);
            shared_body_release(bodies[slot]);
        }
        size_t length = 1 + round * 7 % 1500;
        size_t offset = round * 7919 % (LENGTH - length + 1);
        memset(now + offset, 'A' + (int)(round % 26), length);
        shared_text_write(text, offset, now + offset, length);
        bodies[slot] = shared_text_body(text);
        memcpy(then[slot], now, LENGTH);
        if (round % 3 == 0) {
            assert_says(bodies[slot], now);
        }
    }
    shared_text_free(text); /* bodies outlive it */
    for (size_t i = 0; i < KEPT; i++) {
        assert_says(bodies[i], then[i]);
        shared_body_release(bodies[i]);
    }
}

static void unchanged_text_is_one_body(void **state)
{
    (void)state;
    char now[LENGTH];
    fill(now);
    struct shared_text *text = shared_text_new(now, LENGTH, HEAD, CHUNK);
    struct shared_body *first = shared_text_body(text);
    struct shared_body *second = shared_text_body(text);
    assert_ptr_equal(first, second);
    shared_text_write(text, 0, "x", 1);
    struct shared_body *third = shared_text_body(text);
    assert_ptr_not_equal(first, third);
    size_t count = 0;
    const struct response_piece *before = shared_body_pieces(first, false, &count);
    const struct response_piece *after = shared_body_pieces(third, false, &count);
    assert_ptr_not_equal(before[0].data, after[0].data);
    for (size_t i = 1; i < count; i++) {
        assert_ptr_equal(before[i].data, after[i].data);
    }
    shared_body_release(first);
    shared_body_release(second);
    shared_body_release(third);
    shared_text_free(text);
}

static void unchanged_chunks_are_not_compressed_again(void **state)
{
    (void)state;
    char now[LENGTH];
    fill(now);
    struct shared_text *text = shared_text_new(now, LENGTH, HEAD, CHUNK);
    struct shared_body *first = shared_text_body(text);
    size_t count = 0;
    const struct response_piece *before = shared_body_pieces(first, true, &count);
    shared_text_write(text, HEAD, "x", 1);
    struct shared_body *second = shared_text_body(text);
    const struct response_piece *after = shared_body_pieces(second, true, &count);
    for (size_t i = 1; i + 1 < count; i++) {
        assert_int_equal(before[i].data == after[i].data, i != 2); /* after the header and the head */
    }
    shared_body_release(first);
    shared_body_release(second);
    shared_text_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(earlier_bodies_stay),
        cmocka_unit_test(unchanged_text_is_one_body),
        cmocka_unit_test(unchanged_chunks_are_not_compressed_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
