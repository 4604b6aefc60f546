/* response_send.c: an answer as the web server takes it: a CGI header block (RFC 3875 §6.3) and the body. */
#include "common/exchange.h"
#include "common/response.h"
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 64 };

static const char *cache_control(const struct response *response)
{
    bool cacheable = response->etag != NULL && (response->status == 200 || response->status == 304);
    if (!cacheable) {
        return "no-store";
    }
    return response->request->has_user ? "private, no-cache" : "no-cache";
}

/* The CGI header block (RFC 3875 §6.3), with its empty line. */
static const char *header_block(const struct response *response, struct arena *arena, size_t *ret_length)
{
    char status[LINE_SIZE];
    char length[LINE_SIZE] = "";
    snprintf(status, sizeof(status), "Status: %d\r\n", response->status);
    if (response->status != 204 && response->status != 304 && response->next == NULL) {
        snprintf(length, sizeof(length), "Content-Length: %zu\r\n", response->body_length);
    }
    const char *parts[12 + 4 * RESPONSE_HEADERS_MAX];
    size_t count = 0;
    parts[count++] = status;
    parts[count++] = length;
    if (response->content_type != NULL) {
        parts[count++] = "Content-Type: ";
        parts[count++] = response->content_type;
        parts[count++] = "\r\n";
    }
    if (response->etag != NULL && (response->status == 200 || response->status == 304)) {
        parts[count++] = "ETag: ";
        parts[count++] = response->etag;
        parts[count++] = "\r\n";
    }
    parts[count++] = "Cache-Control: ";
    parts[count++] = cache_control(response);
    for (size_t i = 0; i < response->header_count; i++) {
        parts[count++] = "\r\n";
        parts[count++] = response->headers[i].name;
        parts[count++] = ": ";
        parts[count++] = response->headers[i].value;
    }
    parts[count++] = "\r\n\r\n";
    size_t lengths[ARRAY_LENGTH(parts)];
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        lengths[i] = strlen(parts[i]);
        total += lengths[i];
    }
    char *block = arena_alloc(arena, total + 1);
    char *end = block;
    for (size_t i = 0; i < count; i++) {
        memcpy(end, parts[i], lengths[i]);
        end += lengths[i];
    }
    *ret_length = total;
    return block;
}

/* The parts are only read, but iovec has no const. */
static struct iovec part_of(const void *data, size_t length)
{
    struct iovec part = {.iov_len = length};
    memcpy(&part.iov_base, &data, sizeof(data));
    return part;
}

struct iovec response_part(const struct response_piece *piece)
{
    return part_of(piece->data, piece->length);
}

bool response_has_more(const struct response *response)
{
    return response->next != NULL && !response->request->head;
}

struct iovec *response_parts(const struct response *response, size_t *ret_count)
{
    struct arena *arena = response->request->arena;
    struct iovec *parts = arena_alloc(arena, (2 + response->piece_count) * sizeof(*parts));
    size_t length = 0;
    const char *block = header_block(response, arena, &length);
    size_t count = 0;
    parts[count++] = part_of(block, length);
    if (!response->request->head) {
        if (response->body != NULL) {
            parts[count++] = part_of(response->body, response->body_length);
        }
        for (size_t i = 0; i < response->piece_count; i++) {
            parts[count++] = part_of(response->pieces[i].data, response->pieces[i].length);
        }
    }
    *ret_count = count;
    return parts;
}
