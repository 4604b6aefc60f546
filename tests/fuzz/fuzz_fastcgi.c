/* fuzz_fastcgi.c: the third byte of an input on is what a connection brings. It is read as it is and again in
 * pieces: a network may cut it anywhere, and nothing of what is understood may depend on where. The first two
 * bytes decide on the pieces, and on how much of a body is kept. */
#include "common/fastcgi.h"
#include <assert.h>
#include <string.h>

enum { NOT_ASKED = 255 }; /* as the second byte: fastcgi_keep_body() is not called */

struct outcome {
    enum fastcgi_event event;
    size_t head; /* where the parameters were complete; 0: nowhere */
    size_t taken;
    struct fastcgi_reader reader;
};

static size_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(*seed >> 33);
}

/* Every length from nothing on, mostly short ones. */
static size_t next_piece(uint64_t *seed, size_t left)
{
    size_t piece = next_random(seed) % ((size_t)2 << next_random(seed) % 10);
    return piece < left ? piece : left;
}

/* One request, or what there is of it. A seed of 0: in one piece. Pieces are copies that are gone afterwards,
 * so that it shows when one is read beyond its end, or later. */
static struct outcome read_request(struct arena *arena, const uint8_t *bytes, size_t length, uint8_t keep,
                                   uint64_t seed)
{
    struct outcome outcome = {.event = FASTCGI_MORE};
    fastcgi_reader_start(&outcome.reader, arena);
    do {
        size_t left = length - outcome.taken;
        size_t piece = seed == 0 ? left : next_piece(&seed, left);
        size_t taken = SIZE_MAX;
        CLEANUP(free) char *copy = memory_new(1, piece);
        memcpy(copy, bytes + outcome.taken, piece);
        outcome.event = fastcgi_read(&outcome.reader, (const unsigned char *)copy, piece, &taken);
        assert(outcome.event == FASTCGI_MORE ? taken == piece : taken <= piece);
        outcome.taken += taken;
        if (outcome.event == FASTCGI_HEAD) {
            assert(outcome.head == 0);
            outcome.head = outcome.taken;
            if (keep != NOT_ASKED) {
                fastcgi_keep_body(&outcome.reader, keep);
            }
        }
    } while (outcome.event == FASTCGI_HEAD || (outcome.event == FASTCGI_MORE && outcome.taken < length));
    return outcome;
}

static void check_head(const struct fastcgi_reader *whole, const struct fastcgi_reader *pieces)
{
    size_t length = 0;
    assert(whole->request_id == pieces->request_id && whole->request_id > 0 && whole->request_id <= 0xffff);
    assert(whole->keep == pieces->keep && whole->param_count == pieces->param_count);
    for (size_t i = 0; i < whole->param_count; i++) {
        const struct fastcgi_param *param = &whole->params[i];
        assert(strcmp(param->name, pieces->params[i].name) == 0);
        assert(strcmp(param->value, pieces->params[i].value) == 0);
        assert(fastcgi_param(whole, param->name) != NULL);
        length += strlen(param->name) + strlen(param->value);
    }
    assert(length + 2 * whole->param_count <= FASTCGI_PARAMS_MAX);
}

static void check_body(const struct fastcgi_reader *whole, const struct fastcgi_reader *pieces, uint8_t keep)
{
    size_t wanted = keep != NOT_ASKED ? keep : 0;
    size_t received = whole->body_received;
    assert(received == pieces->body_received);
    assert(whole->body_length == (received < wanted ? received : wanted));
    assert(whole->body_length == pieces->body_length);
    if (keep != NOT_ASKED) {
        assert(memcmp(whole->body, pieces->body, whole->body_length) == 0);
        assert(whole->body[whole->body_length] == '\0' && pieces->body[whole->body_length] == '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t at = 2;
    enum fastcgi_event event = FASTCGI_REQUEST;
    while (event == FASTCGI_REQUEST && at < size) { /* a connection has one request after the other */
        CLEANUP(arena_free) struct arena *arena = arena_new();
        struct outcome whole = read_request(arena, data + at, size - at, data[1], 0);
        struct outcome pieces = read_request(arena, data + at, size - at, data[1], data[0] + UINT64_C(1));
        event = whole.event;
        assert(event == pieces.event && whole.head == pieces.head);
        if (whole.head > 0) {
            check_head(&whole.reader, &pieces.reader);
        }
        if (event == FASTCGI_REQUEST) {
            assert(whole.taken == pieces.taken && whole.taken > whole.head);
            check_body(&whole.reader, &pieces.reader, data[1]);
        }
        at += whole.taken;
    }
    return 0;
}
