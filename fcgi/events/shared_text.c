/* shared_text.c: a long text in pieces that several states share. */
#include "fcgi/events/shared_text.h"
#include "common/memory.h"
#include "common/turn.h"
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum {
    GZIP_HEADER_SIZE = 10,
    GZIP_TRAILER_SIZE = 10, /* an empty last block, checksum and length */
    DEFLATE_LEVEL = 1,
    DEFLATE_RAW = -15, /* no wrapper, window of 32 KiB */
    DEFLATE_MEMORY = 8,
    FLUSH_SIZE = 16, /* more than a flush adds */
};

struct chunk {
    atomic_uint references;
    size_t length;
    pthread_mutex_t lock; /* guards what follows */
    unsigned char *deflated;
    size_t deflated_length;
    uint32_t checksum;
    char data[];
};

struct shared_text {
    size_t length;
    size_t head;
    size_t chunk_length;
    size_t count;
    struct chunk **chunks;
    struct shared_body *newest; /* NULL: the text has changed since, or was never asked for */
};

struct shared_body {
    atomic_uint references;
    size_t length;
    size_t count;
    pthread_mutex_t lock; /* guards `gzip` */
    struct response_piece *gzip;
    unsigned char trailer[GZIP_TRAILER_SIZE];
    struct chunk **chunks;
    struct response_piece plain[];
};

static struct chunk *chunk_new(const char *data, size_t length)
{
    struct chunk *chunk = malloc(sizeof(*chunk) + length);
    if (chunk == NULL) {
        abort(); /* memory.h: exhaustion ends the process */
    }
    atomic_init(&chunk->references, 1);
    chunk->length = length;
    pthread_mutex_init(&chunk->lock, NULL);
    chunk->deflated = NULL;
    chunk->deflated_length = 0;
    memcpy(chunk->data, data, length);
    return chunk;
}

static void chunk_release(struct chunk *chunk)
{
    if (atomic_fetch_sub_explicit(&chunk->references, 1, memory_order_acq_rel) == 1) {
        pthread_mutex_destroy(&chunk->lock);
        free(chunk->deflated);
        free(chunk);
    }
}

struct shared_text *shared_text_new(const char *text, size_t length, size_t head, size_t chunk)
{
    assert(head <= length && chunk > 0);
    struct shared_text *shared = memory_new(1, sizeof(*shared));
    shared->length = length;
    shared->head = head;
    shared->chunk_length = chunk;
    shared->count = 1 + (length - head + chunk - 1) / chunk;
    shared->chunks = memory_new(shared->count, sizeof(struct chunk *));
    shared->chunks[0] = chunk_new(text, head);
    for (size_t i = 1, at = head; i < shared->count; i++, at += chunk) {
        shared->chunks[i] = chunk_new(text + at, length - at < chunk ? length - at : chunk);
    }
    return shared;
}

static void forget_body(struct shared_text *text)
{
    shared_body_release(text->newest);
    text->newest = NULL;
}

void shared_text_free(struct shared_text *text)
{
    if (text == NULL) {
        return;
    }
    forget_body(text);
    for (size_t i = 0; i < text->count; i++) {
        chunk_release(text->chunks[i]);
    }
    free(text->chunks);
    free(text);
}

/* The chunk, made the text's own: nobody else can see it, so it may be changed. */
static struct chunk *own_chunk(struct shared_text *text, size_t index)
{
    struct chunk *chunk = text->chunks[index];
    if (atomic_load_explicit(&chunk->references, memory_order_acquire) > 1) {
        struct chunk *copy = chunk_new(chunk->data, chunk->length);
        chunk_release(chunk);
        text->chunks[index] = copy;
        return copy;
    }
    free(chunk->deflated);
    chunk->deflated = NULL;
    chunk->deflated_length = 0;
    return chunk;
}

void shared_text_write(struct shared_text *text, size_t offset, const char *bytes, size_t length)
{
    assert(offset + length <= text->length);
    forget_body(text);
    while (length > 0) {
        bool in_head = offset < text->head;
        size_t index = in_head ? 0 : 1 + (offset - text->head) / text->chunk_length;
        size_t inside = in_head ? offset : (offset - text->head) % text->chunk_length;
        struct chunk *chunk = own_chunk(text, index);
        size_t part = chunk->length - inside < length ? chunk->length - inside : length;
        memcpy(chunk->data + inside, bytes, part);
        offset += part;
        bytes += part;
        length -= part;
    }
}

struct shared_body *shared_text_body(struct shared_text *text)
{
    if (text->newest == NULL) {
        struct shared_body *body =
            memory_new(1, sizeof(*body) + text->count * (sizeof(*body->plain) + sizeof(struct chunk *)));
        atomic_init(&body->references, 1);
        pthread_mutex_init(&body->lock, NULL);
        body->length = text->length;
        body->count = text->count;
        body->chunks = (struct chunk **)(body->plain + text->count);
        for (size_t i = 0; i < text->count; i++) {
            struct chunk *chunk = text->chunks[i];
            atomic_fetch_add_explicit(&chunk->references, 1, memory_order_relaxed);
            body->chunks[i] = chunk;
            body->plain[i] = (struct response_piece){.data = chunk->data, .length = chunk->length};
        }
        text->newest = body;
    }
    atomic_fetch_add_explicit(&text->newest->references, 1, memory_order_relaxed);
    return text->newest;
}

size_t shared_text_size(const struct shared_text *text)
{
    /* Text that repeats itself as an answer does shrinks to an eighth or less. */
    return sizeof(*text) + text->length + text->length / 8 +
           text->count * (sizeof(struct chunk) + 2 * sizeof(struct chunk *) + sizeof(struct response_piece));
}

void shared_body_release(struct shared_body *body)
{
    if (body == NULL || atomic_fetch_sub_explicit(&body->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    for (size_t i = 0; i < body->count; i++) {
        chunk_release(body->chunks[i]);
    }
    pthread_mutex_destroy(&body->lock);
    free(body->gzip);
    free(body);
}

/* With the chunk's lock. `stream` is used again and again: making one costs more than a chunk does. */
static void deflate_chunk(struct chunk *chunk, z_stream *stream)
{
    int result = stream->state == NULL ? deflateInit2(stream, DEFLATE_LEVEL, Z_DEFLATED, DEFLATE_RAW,
                                                      DEFLATE_MEMORY, Z_DEFAULT_STRATEGY)
                                       : deflateReset(stream);
    if (result != Z_OK) {
        abort(); /* memory.h: exhaustion ends the process */
    }
    size_t bound = deflateBound(stream, (uLong)chunk->length) + FLUSH_SIZE;
    unsigned char *room = memory_new(bound, 1);
    stream->next_in = (Bytef *)chunk->data;
    stream->avail_in = (uInt)chunk->length;
    stream->next_out = room;
    stream->avail_out = (uInt)bound;
    result = deflate(stream, Z_FULL_FLUSH);
    assert(result == Z_OK && stream->avail_in == 0 && stream->avail_out > 0);
    chunk->deflated_length = bound - stream->avail_out;
    chunk->deflated = memory_new(chunk->deflated_length, 1);
    memcpy(chunk->deflated, room, chunk->deflated_length);
    chunk->checksum = (uint32_t)crc32(0, (const Bytef *)chunk->data, (uInt)chunk->length);
    free(room);
}

static void put_number(unsigned char *at, uint32_t number)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (unsigned char)(number >> (8 * i));
    }
}

/* RFC 1952 §2.3: no name, no time, any system. With the body's lock. */
static void make_gzip(struct shared_body *body)
{
    static const unsigned char header[GZIP_HEADER_SIZE] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    turn_will_wait(); /* compressing takes as long as some waiting does */
    struct response_piece *pieces = memory_new(body->count + 2, sizeof(*pieces));
    uLong checksum = 0;
    z_stream stream = {.zalloc = Z_NULL};
    pieces[0] = (struct response_piece){.data = header, .length = sizeof(header)};
    for (size_t i = 0; i < body->count; i++) {
        struct chunk *chunk = body->chunks[i];
        pthread_mutex_lock(&chunk->lock);
        if (chunk->deflated == NULL) {
            deflate_chunk(chunk, &stream);
        }
        pthread_mutex_unlock(&chunk->lock);
        pieces[i + 1] = (struct response_piece){.data = chunk->deflated, .length = chunk->deflated_length};
        checksum = crc32_combine(checksum, chunk->checksum, (z_off_t)chunk->length);
    }
    if (stream.state != NULL) {
        deflateEnd(&stream);
    }
    body->trailer[0] = 3; /* an empty block of fixed codes that is the last one */
    body->trailer[1] = 0;
    put_number(body->trailer + 2, (uint32_t)checksum);
    put_number(body->trailer + 6, (uint32_t)body->length);
    pieces[body->count + 1] = (struct response_piece){.data = body->trailer, .length = GZIP_TRAILER_SIZE};
    body->gzip = pieces;
}

const struct response_piece *shared_body_pieces(struct shared_body *body, bool gzip, size_t *ret_count)
{
    *ret_count = body->count + (gzip ? 2 : 0);
    if (!gzip) {
        return body->plain;
    }
    pthread_mutex_lock(&body->lock);
    if (body->gzip == NULL) {
        make_gzip(body);
    }
    pthread_mutex_unlock(&body->lock);
    return body->gzip;
}
