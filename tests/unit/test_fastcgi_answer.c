/* An answer that libfcgi has framed gives its parts back, to a reader that is slow too; one that nobody takes
 * is given up. */
#include "tests/unit/fastcgi_wire.h"

/* Reads an answer as a web server does, and checks its end. Returns how many bytes the parts had. */
static size_t take_answer(const struct wire *wire, int id, const unsigned char *wanted)
{
    size_t seen = 0;
    size_t at = 0;
    for (size_t length = 1; length > 0; seen += length) {
        const unsigned char *record = wire->bytes + at;
        assert_true(wire->length - at >= HEADER_SIZE);
        assert_int_equal(record[0] << 8 | record[1], 1 << 8 | STDOUT);
        assert_int_equal(record[2] << 8 | record[3], id);
        length = (size_t)record[4] << 8 | record[5];
        at += HEADER_SIZE + length + record[6];
        assert_true(at <= wire->length);
        assert_memory_equal(record + HEADER_SIZE, wanted + seen, length);
    }
    const unsigned char end[16] = {1, END, (unsigned char)(id >> 8), (unsigned char)id, 0, 8};
    assert_int_equal(wire->length - at, sizeof(end));
    assert_memory_equal(wire->bytes + at, end, sizeof(end));
    return seen;
}

/* Hands the parts over: all at once, or one after another and at last none. False: they were handed over. */
static bool hand_over(struct fastcgi *fastcgi, const struct iovec *parts, size_t count, bool one_by_one,
                      size_t *next)
{
    if (*next > (one_by_one ? count : 0)) {
        return false;
    }
    bool more = one_by_one && *next < count;
    fastcgi_answer(fastcgi, one_by_one ? parts + *next : parts, one_by_one ? (size_t)more : count, more);
    (*next)++;
    return true;
}

/* Sends an answer to a reader that takes it only when the socket is full. */
static struct wire send_all(struct arena *arena, unsigned id, const struct iovec *parts, size_t count,
                            bool one_by_one)
{
    struct wire wire = request(arena, 1, &NOTHING, &NOTHING, 1);
    for (size_t at = 2; at < wire.length; at += at == 2 ? 16 : HEADER_SIZE) {
        wire.bytes[at] = (unsigned char)(id >> 8);
        wire.bytes[at + 1] = (unsigned char)id;
    }
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct fastcgi fastcgi;
    fastcgi_open(&fastcgi, ends[0]);
    assert_int_equal(try_once(&fastcgi, arena, &wire, wire.length, 0), FASTCGI_REQUEST);
    size_t next = 0;
    assert_true(hand_over(&fastcgi, parts, count, one_by_one, &next));
    struct wire answer = {.arena = arena};
    enum fastcgi_sent sent = FASTCGI_BLOCKED;
    while (sent == FASTCGI_BLOCKED ||
           (sent == FASTCGI_SENT && hand_over(&fastcgi, parts, count, one_by_one, &next))) {
        static char bytes[1 << 16];
        sent = fastcgi_send(&fastcgi);
        for (ssize_t got = 1; got > 0;) {
            got = recv(ends[1], bytes, sizeof(bytes), MSG_DONTWAIT);
            put(&answer, bytes, got > 0 ? (size_t)got : 0);
        }
    }
    assert_int_equal(sent, FASTCGI_SENT);
    fastcgi_close(&fastcgi);
    close(ends[0]);
    close(ends[1]);
    return answer;
}

static void answer_gives_its_parts_back(bool one_by_one)
{
    enum { COUNT = 4 };
    static const size_t lengths[] = {0, 1, 7, 8000, 0, 32760, 1, 40000, 0, 500000, 3, 7168, 8, 0};
    static const unsigned ids[] = {1, 2, 0x102, 0xffff};
    static unsigned char wanted[1 << 20];
    for (size_t i = 0; i < sizeof(wanted); i++) {
        wanted[i] = (unsigned char)(i % 251);
    }
    for (size_t i = 0; i < (ARRAY_LENGTH(lengths) - COUNT + 1) * COUNT; i++) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        size_t count = 1 + i % COUNT;
        size_t total = 0;
        struct iovec parts[COUNT];
        for (size_t j = 0; j < count; j++) {
            size_t length = lengths[i / COUNT + j];
            parts[j] = (struct iovec){.iov_base = wanted + total, .iov_len = length};
            total += length;
        }
        struct wire answer = send_all(arena, ids[i % ARRAY_LENGTH(ids)], parts, count, one_by_one);
        assert_int_equal(take_answer(&answer, (int)ids[i % ARRAY_LENGTH(ids)], wanted), total);
    }
}

static void an_answer_gives_its_parts_back(void **state)
{
    answer_gives_its_parts_back(false);
    (void)state;
}

static void an_answer_that_is_made_while_it_is_sent_gives_its_parts_back(void **state)
{
    answer_gives_its_parts_back(true);
    (void)state;
}

static void an_answer_nobody_takes_is_given_up(void **state)
{
    static char part[1 << 20];
    const struct iovec parts = {.iov_base = part, .iov_len = sizeof(part)};
    struct wire wire = request(*state, 1, &NOTHING, &NOTHING, 1);
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct fastcgi fastcgi;
    fastcgi_open(&fastcgi, ends[0]);
    assert_int_equal(try_once(&fastcgi, *state, &wire, wire.length, 0), FASTCGI_REQUEST);
    fastcgi_answer(&fastcgi, &parts, 1, false);
    assert_int_equal(fastcgi_send(&fastcgi), FASTCGI_BLOCKED);
    assert_true(fastcgi.port.out_size <= 1 << 16); /* one record waits in memory, not the answer */
    close(ends[1]);
    assert_int_equal(fastcgi_send(&fastcgi), FASTCGI_GONE);
    fastcgi_close(&fastcgi);
    close(ends[0]);
}

int main(void)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(an_answer_gives_its_parts_back, arena),
        cmocka_unit_test_prestate(an_answer_that_is_made_while_it_is_sent_gives_its_parts_back, arena),
        cmocka_unit_test_prestate(an_answer_nobody_takes_is_given_up, arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
