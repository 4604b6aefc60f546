/* What a web server sends, made byte by byte (FastCGI 1.0 §3.3), and one try at reading it. */
#ifndef TESTS_FASTCGI_WIRE_H
#define TESTS_FASTCGI_WIRE_H

#include "common/fastcgi.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

enum {
    BEGIN = 1,
    END = 3,
    PARAMS = 4,
    STDIN = 5,
    STDOUT = 6,
    GET_VALUES = 9,
    ID = 0x0102,
    CONTENT_MAX = 65535
};
enum { PLENTY = 1000, HEADER_SIZE = 8 };

struct wire {
    struct arena *arena;
    unsigned char *bytes;
    size_t length, size;
};

static const struct wire NOTHING __attribute__((unused)); /* no parameters, no body */

static inline void put(struct wire *wire, const void *bytes, size_t length)
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

static inline char *text_of(struct arena *arena, char letter, size_t length)
{
    return memset(arena_alloc(arena, length + 1), letter, length);
}

/* Padding and the reserved byte are not zero: nothing may depend on them. */
static inline void put_record(struct wire *wire, int type, const void *content, size_t length,
                              unsigned char padding)
{
    unsigned char header[] = {1, (unsigned char)type, ID >> 8, ID & 0xff, 0, 0, padding, 0xee};
    header[4] = (unsigned char)(length >> 8);
    header[5] = (unsigned char)length;
    put(wire, header, sizeof(header));
    put(wire, content, length);
    put(wire, text_of(wire->arena, '\xff', padding), padding);
}

static inline void put_stream(struct wire *wire, int type, const struct wire *content, size_t record)
{
    for (size_t done = 0; done < content->length; done += record) {
        size_t left = content->length - done;
        put_record(wire, type, content->bytes + done, left < record ? left : record, 0);
    }
    put_record(wire, type, "", 0, 0);
}

static inline void put_length(struct wire *wire, size_t length, bool wide)
{
    const unsigned char four[] = {(unsigned char)(length >> 24 | 0x80), (unsigned char)(length >> 16),
                                  (unsigned char)(length >> 8), (unsigned char)length};
    put(wire, wide ? four : four + 3, wide ? 4 : 1);
}

static inline void put_pair(struct wire *pairs, const char *name, const char *value)
{
    put_length(pairs, strlen(name), strlen(name) > 127);
    put_length(pairs, strlen(value), strlen(value) > 127);
    put(pairs, name, strlen(name));
    put(pairs, value, strlen(value));
}

static inline struct wire request(struct arena *arena, unsigned char flags, const struct wire *pairs,
                                  const struct wire *body, size_t record)
{
    const unsigned char begin[] = {0, 1, flags, 0xee, 0xee, 0xee, 0xee, 0xee};
    struct wire wire = {.arena = arena};
    put_record(&wire, BEGIN, begin, sizeof(begin), 0);
    put_stream(&wire, PARAMS, pairs, record);
    put_stream(&wire, STDIN, body, record);
    return wire;
}

/* Reads `length` bytes as one try at a request. They are a copy of exactly their size that is gone before the
 * request is looked at: the sanitizer sees what is read beyond them, or later. */
static inline enum fastcgi_event try_once(struct fastcgi *fastcgi, struct arena *arena,
                                          const struct wire *wire, size_t length, size_t keep)
{
    CLEANUP(free) char *copy = malloc(length > 0 ? length : 1);
    memcpy(copy, wire->bytes, length);
    enum fastcgi_event event = fastcgi_head(fastcgi, (const unsigned char *)copy, length);
    return event == FASTCGI_HEAD ? fastcgi_body(fastcgi, arena, keep) : event;
}

#endif
