#include "common/fastcgi.h"
#include <string.h>

/* FastCGI 1.0 §8, types and constants. */
enum {
    VERSION = 1,
    BEGIN_REQUEST = 1,
    END_REQUEST = 3,
    PARAMS = 4,
    STDIN = 5,
    STDOUT = 6,
    RESPONDER = 1,
    KEEP_CONNECTION = 1,
};

void fastcgi_reader_start(struct fastcgi_reader *reader, struct arena *arena)
{
    *reader = (struct fastcgi_reader){.arena = arena};
}

void fastcgi_keep_body(struct fastcgi_reader *reader, size_t maximum)
{
    reader->body_size = maximum;
    reader->body = arena_alloc(reader->arena, maximum + 1);
}

const char *fastcgi_param(const struct fastcgi_reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->param_count; i++) {
        if (strcmp(reader->params[i].name, name) == 0) {
            return reader->params[i].value;
        }
    }
    return NULL;
}

/* A length of §3.4: one byte, or four with the highest bit set. False: the bytes end before it does. */
static bool take_length(const unsigned char **at, const unsigned char *end, size_t *ret_length)
{
    const unsigned char *byte = *at;
    if (byte == end) {
        return false;
    }
    if (byte[0] < 0x80) {
        *ret_length = byte[0];
        *at += 1;
        return true;
    }
    if (end - byte < 4) {
        return false;
    }
    *ret_length = (size_t)(byte[0] & 0x7f) << 24 | (size_t)byte[1] << 16 | (size_t)byte[2] << 8 | byte[3];
    *at += 4;
    return true;
}

static char *take_text(const unsigned char **at, size_t length, char **end)
{
    char *text = *end;
    memcpy(text, *at, length);
    text[length] = '\0';
    *at += length;
    *end += length + 1;
    return text;
}

/* One name-value pair (§3.4). A NUL inside of one would hide what follows it: refused. */
static bool take_pair(const unsigned char **at, const unsigned char *end, size_t *ret_name_length,
                      size_t *ret_value_length)
{
    if (!take_length(at, end, ret_name_length) || !take_length(at, end, ret_value_length)) {
        return false;
    }
    size_t left = (size_t)(end - *at);
    return *ret_name_length <= left && *ret_value_length <= left - *ret_name_length &&
           memchr(*at, '\0', *ret_name_length + *ret_value_length) == NULL;
}

static bool count_pairs(const unsigned char *at, const unsigned char *end, size_t *ret_count)
{
    size_t name_length = 0;
    size_t value_length = 0;
    for (*ret_count = 0; at < end; ++*ret_count) {
        if (!take_pair(&at, end, &name_length, &value_length)) {
            return false;
        }
        at += name_length + value_length;
    }
    return true;
}

static bool unpack_params(struct fastcgi_reader *reader)
{
    const unsigned char *at = reader->packed;
    if (at == NULL) {
        return true; /* no parameters at all */
    }
    const unsigned char *end = at + reader->packed_length;
    size_t count = 0;
    if (!count_pairs(at, end, &count)) {
        return false;
    }
    struct fastcgi_param *params = arena_alloc(reader->arena, count * sizeof(struct fastcgi_param));
    /* The two lengths of a pair take as many bytes as its two NULs, or more. */
    char *text = arena_alloc(reader->arena, reader->packed_length);
    for (size_t i = 0; i < count; i++) {
        size_t name_length = 0;
        size_t value_length = 0;
        (void)take_pair(&at, end, &name_length, &value_length); /* counted above */
        params[i].name = take_text(&at, name_length, &text);
        params[i].value = take_text(&at, value_length, &text);
    }
    reader->params = params;
    reader->param_count = count;
    return true;
}

static bool gather_params(struct fastcgi_reader *reader, const unsigned char *bytes, size_t length)
{
    size_t needed = reader->packed_length + length;
    if (needed > FASTCGI_PARAMS_MAX) {
        return false;
    }
    if (needed > reader->packed_size) {
        size_t size = needed > 2 * reader->packed_size ? needed : 2 * reader->packed_size;
        unsigned char *larger = arena_alloc(reader->arena, size);
        memcpy(larger, reader->packed != NULL ? reader->packed : larger, reader->packed_length);
        reader->packed = larger;
        reader->packed_size = size;
    }
    memcpy(reader->packed + reader->packed_length, bytes, length);
    reader->packed_length = needed;
    return true;
}

static bool gather_body(struct fastcgi_reader *reader, const unsigned char *bytes, size_t length)
{
    size_t room = reader->body_size - reader->body_length;
    size_t kept = length < room ? length : room;
    if (kept > 0) {
        memcpy(reader->body + reader->body_length, bytes, kept);
        reader->body_length += kept;
    }
    reader->body_received += length;
    return reader->body_received <= FASTCGI_BODY_MAX;
}

static bool take_content(struct fastcgi_reader *reader, const unsigned char *bytes, size_t length)
{
    switch (reader->stage) {
    case FASTCGI_AT_BEGIN:
        memcpy(reader->begin + reader->begin_length, bytes, length); /* open_record() checked its length */
        reader->begin_length += length;
        return true;
    case FASTCGI_AT_PARAMS:
        return gather_params(reader, bytes, length);
    case FASTCGI_AT_BODY:
        return gather_body(reader, bytes, length);
    case FASTCGI_AT_END:
        break;
    }
    return false;
}

static size_t content_length(const struct fastcgi_reader *reader)
{
    return (size_t)reader->header[4] << 8 | reader->header[5];
}

/* The header is complete. False: this record cannot come here. */
static bool open_record(struct fastcgi_reader *reader)
{
    static const unsigned char types[] = {
        [FASTCGI_AT_BEGIN] = BEGIN_REQUEST, [FASTCGI_AT_PARAMS] = PARAMS, [FASTCGI_AT_BODY] = STDIN};
    int request_id = reader->header[2] << 8 | reader->header[3];
    if (reader->stage == FASTCGI_AT_END || reader->header[0] != VERSION ||
        reader->header[1] != types[reader->stage] || request_id == 0) {
        return false;
    }
    reader->content_left = content_length(reader);
    reader->padding_left = reader->header[6];
    if (reader->stage == FASTCGI_AT_BEGIN) {
        reader->request_id = request_id;
        return reader->content_left == sizeof(reader->begin);
    }
    return reader->request_id == request_id;
}

/* The record is complete; an empty one ends its stream (§3.3). */
static enum fastcgi_event close_record(struct fastcgi_reader *reader)
{
    bool empty = content_length(reader) == 0;
    reader->header_length = 0;
    if (reader->stage == FASTCGI_AT_BEGIN) {
        reader->stage = FASTCGI_AT_PARAMS;
        reader->keep = (reader->begin[2] & KEEP_CONNECTION) != 0;
        return reader->begin[0] == 0 && reader->begin[1] == RESPONDER ? FASTCGI_MORE : FASTCGI_BROKEN;
    }
    if (!empty) {
        return FASTCGI_MORE;
    }
    if (reader->stage == FASTCGI_AT_PARAMS) {
        reader->stage = FASTCGI_AT_BODY;
        return unpack_params(reader) ? FASTCGI_HEAD : FASTCGI_BROKEN;
    }
    reader->stage = FASTCGI_AT_END;
    return FASTCGI_REQUEST;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum fastcgi_event fastcgi_read(struct fastcgi_reader *reader, const unsigned char *bytes, size_t length,
                                size_t *ret_taken)
{
    const unsigned char *at = bytes;
    const unsigned char *end = bytes + length;
    enum fastcgi_event event = FASTCGI_MORE;
    while (at < end && event == FASTCGI_MORE) {
        size_t part = 0;
        if (reader->header_length < FASTCGI_HEADER_SIZE) {
            part = least((size_t)(end - at), FASTCGI_HEADER_SIZE - reader->header_length);
            memcpy(reader->header + reader->header_length, at, part);
            reader->header_length += part;
            if (reader->header_length == FASTCGI_HEADER_SIZE && !open_record(reader)) {
                event = FASTCGI_BROKEN;
            }
        } else if (reader->content_left > 0) {
            part = least((size_t)(end - at), reader->content_left);
            reader->content_left -= part;
            event = take_content(reader, at, part) ? FASTCGI_MORE : FASTCGI_BROKEN;
        } else {
            part = least((size_t)(end - at), reader->padding_left);
            reader->padding_left -= part;
        }
        at += part;
        if (event == FASTCGI_MORE && reader->header_length == FASTCGI_HEADER_SIZE &&
            reader->content_left == 0 && reader->padding_left == 0) {
            event = close_record(reader);
        }
    }
    *ret_taken = (size_t)(at - bytes);
    return event;
}

static void put_header(unsigned char *header, int type, int request_id, size_t length)
{
    const unsigned char bytes[FASTCGI_HEADER_SIZE] = {
        VERSION,
        (unsigned char)type,
        (unsigned char)((unsigned)request_id >> 8),
        (unsigned char)request_id,
        (unsigned char)(length >> 8),
        (unsigned char)length,
    };
    memcpy(header, bytes, sizeof(bytes));
}

/* An empty record ends the stream (§3.3); the body of END_REQUEST is zero: done, exit status 0 (§5.5). */
static void put_end(unsigned char end[FASTCGI_END_SIZE], int request_id)
{
    put_header(end, STDOUT, request_id, 0);
    put_header(end + FASTCGI_HEADER_SIZE, END_REQUEST, request_id, FASTCGI_HEADER_SIZE);
    memset(end + 2 * (size_t)FASTCGI_HEADER_SIZE, 0, FASTCGI_HEADER_SIZE);
}

struct iovec *fastcgi_answer(struct arena *arena, int request_id, const struct iovec *parts, size_t count,
                             size_t *ret_count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += parts[i].iov_len;
    }
    size_t records = (total + FASTCGI_RECORD_MAX - 1) / FASTCGI_RECORD_MAX;
    /* A record's end cuts at most one part in two. */
    struct iovec *list = arena_alloc(arena, (count + 2 * records + 1) * sizeof(*list));
    unsigned char *headers = arena_alloc(arena, records * FASTCGI_HEADER_SIZE + FASTCGI_END_SIZE);
    size_t used = 0;
    size_t left_in_record = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t done = 0; done < parts[i].iov_len;) {
            if (left_in_record == 0) {
                left_in_record = least(total, FASTCGI_RECORD_MAX);
                put_header(headers, STDOUT, request_id, left_in_record);
                list[used++] = (struct iovec){.iov_base = headers, .iov_len = FASTCGI_HEADER_SIZE};
                headers += FASTCGI_HEADER_SIZE;
            }
            size_t part = least(parts[i].iov_len - done, left_in_record);
            list[used++] = (struct iovec){.iov_base = (char *)parts[i].iov_base + done, .iov_len = part};
            done += part;
            left_in_record -= part;
            total -= part;
        }
    }
    put_end(headers, request_id);
    list[used++] = (struct iovec){.iov_base = headers, .iov_len = FASTCGI_END_SIZE};
    *ret_count = used;
    return list;
}
