/* fuzz_fastcgi.c: an input is what a connection brings, but for its first two bytes. libfcgi reads it as a
 * connection would have it read: at once, and from the first byte again each time that more has come. Nothing
 * of what is understood may depend on how the bytes came. The first two bytes decide on the pieces, and on
 * how much of a body is kept. */
#include "common/fastcgi.h"
#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { PIECES_MAX = 64 };

struct outcome {
    enum fastcgi_event event;
    struct fastcgi fastcgi;
};

static size_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(*seed >> 33);
}

/* One try, over a copy that is gone afterwards, so that it shows when it is read later or beyond its end. */
static enum fastcgi_event try_once(struct outcome *outcome, struct arena *arena, const uint8_t *bytes,
                                   size_t length, size_t kept)
{
    CLEANUP(free) char *copy = memory_new(1, length);
    memcpy(copy, bytes, length);
    outcome->event = fastcgi_head(&outcome->fastcgi, (const unsigned char *)copy, length);
    if (outcome->event == FASTCGI_HEAD) {
        outcome->event = fastcgi_body(&outcome->fastcgi, arena, kept);
    }
    return outcome->event;
}

static void read_in_pieces(struct outcome *outcome, struct arena *arena, const uint8_t *bytes, size_t length,
                           size_t kept, uint64_t seed)
{
    size_t come = 0;
    for (int i = 0; i < PIECES_MAX && come < length; i++) {
        size_t piece = 1 + next_random(&seed) % ((size_t)2 << next_random(&seed) % 10);
        come = i + 1 < PIECES_MAX && piece < length - come ? come + piece : length;
        if (try_once(outcome, arena, bytes, come, kept) != FASTCGI_MORE) {
            return; /* a request that ended before the bytes, or none */
        }
    }
}

static void check_same(const struct outcome *whole, const struct outcome *pieces, size_t kept)
{
    size_t received = whole->fastcgi.body_received;
    assert(whole->fastcgi.keep == pieces->fastcgi.keep && received == pieces->fastcgi.body_received);
    assert(whole->fastcgi.body_length == (received < kept ? received : kept));
    assert(whole->fastcgi.body_length == pieces->fastcgi.body_length);
    assert(memcmp(whole->fastcgi.body, pieces->fastcgi.body, whole->fastcgi.body_length) == 0);
    char **one = whole->fastcgi.request.envp;
    char **other = pieces->fastcgi.request.envp;
    for (; *one != NULL && *other != NULL; one++, other++) {
        assert(strcmp(*one, *other) == 0);
    }
    assert(*one == NULL && *other == NULL);
}

static void answer(struct outcome *outcome)
{
    static char text[] = "Status: 200\r\n\r\n";
    fastcgi_answer(&outcome->fastcgi, &(struct iovec){.iov_base = text, .iov_len = sizeof(text) - 1}, 1,
                   false);
    assert(fastcgi_send(&outcome->fastcgi) == FASTCGI_GONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libfcgi 2.4.2 adds up the two lengths of a parameter in an int (CVE-2025-23016) and ends the process when
 * that overflows. Only the web server can reach a responder's socket, and nginx sends no such lengths; here
 * they would hide all else. */
static bool may_overflow_lengths(const uint8_t *data, size_t size)
{
    for (size_t i = 2; i < size; i++) {
        if (data[i] >= 0xc0) {
            return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3 || may_overflow_lengths(data, size)) {
        return 0;
    }
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct outcome whole;
    struct outcome pieces;
    fastcgi_open(&whole.fastcgi, -1); /* no socket: what is written finds nobody */
    fastcgi_open(&pieces.fastcgi, -1);
    (void)try_once(&whole, arena, data + 2, size - 2, data[1]);
    read_in_pieces(&pieces, arena, data + 2, size - 2, data[1], data[0] + UINT64_C(1));
    assert(whole.event == pieces.event);
    if (whole.event == FASTCGI_REQUEST) {
        check_same(&whole, &pieces, data[1]);
        answer(&whole);
        answer(&pieces);
    }
    fastcgi_close(&whole.fastcgi);
    fastcgi_close(&pieces.fastcgi);
    return 0;
}
