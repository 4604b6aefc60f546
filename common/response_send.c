/* response_send.c: an answer on its way to the web server, as FastCGI records (FastCGI 1.0 §3.3).
 *
 * A small one goes through libfcgi, whose buffer takes it whole and sends it together with the end of the
 * request. libfcgi would copy a large one into that buffer of 8 KiB again and again, with a write(2) each:
 * its records are written from where the body lies. */
#include "common/exchange.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

enum {
    STREAM_MAX = 8000, /* headers and body that fit into libfcgi's buffer */
    RECORD_MAX =
        65528, /* bytes of a record: the largest multiple of 8, so that none needs padding to align */
    RECORDS_AT_ONCE = 64,
    LINE_SIZE = 64,
    RECORD_HEADER_SIZE = 8,
    RECORD_VERSION = 1,
    RECORD_STDOUT = 6,
};

/* Records that wait to be written together. */
struct record_writer {
    int fd;
    int request_id;
    bool broken; /* the web server has gone: the rest is not even tried */
    size_t count;
    unsigned char headers[RECORDS_AT_ONCE][RECORD_HEADER_SIZE];
    struct iovec parts[2 * RECORDS_AT_ONCE];
};

static void flush_records(struct record_writer *writer)
{
    struct iovec *part = writer->parts;
    size_t left = 2 * writer->count;
    while (left > 0 && !writer->broken) {
        ssize_t written = writev(writer->fd, part, (int)left);
        if (written < 0) {
            writer->broken = errno != EINTR;
            continue;
        }
        size_t done = (size_t)written;
        while (left > 0 && done >= part->iov_len) {
            done -= part->iov_len;
            part++;
            left--;
        }
        if (left > 0) {
            part->iov_base = (char *)part->iov_base + done;
            part->iov_len -= done;
        }
    }
    writer->count = 0;
}

static void add_records(struct record_writer *writer, const char *data, size_t length)
{
    while (length > 0) {
        size_t size = length < RECORD_MAX ? length : RECORD_MAX;
        unsigned char *header = writer->headers[writer->count];
        header[0] = RECORD_VERSION;
        header[1] = RECORD_STDOUT;
        header[2] = (unsigned char)((unsigned)writer->request_id >> 8);
        header[3] = (unsigned char)writer->request_id;
        header[4] = (unsigned char)(size >> 8);
        header[5] = (unsigned char)size;
        header[6] = 0; /* no padding */
        header[7] = 0;
        writer->parts[2 * writer->count] = (struct iovec){.iov_base = header, .iov_len = RECORD_HEADER_SIZE};
        struct iovec *body = &writer->parts[2 * writer->count + 1];
        memcpy(&body->iov_base, &data, sizeof(data)); /* writev() only reads, but iovec has no const */
        body->iov_len = size;
        writer->count++;
        if (writer->count == RECORDS_AT_ONCE) {
            flush_records(writer);
        }
        data += size;
        length -= size;
    }
}

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
    if (response->status != 204 && response->status != 304) {
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

static void send_in_stream(const struct response *response, const char *block, size_t length,
                           FCGX_Stream *out)
{
    FCGX_PutStr(block, (int)length, out);
    if (response->request->head) {
        return;
    }
    if (response->body != NULL) {
        FCGX_PutStr(response->body, (int)response->body_length, out);
    }
    for (size_t i = 0; i < response->piece_count; i++) {
        FCGX_PutStr(response->pieces[i].data, (int)response->pieces[i].length, out);
    }
}

void response_send(const struct response *response, FCGX_Request *fcgi)
{
    size_t length = 0;
    const char *block = header_block(response, response->request->arena, &length);
    if (response->request->head || length + response->body_length <= STREAM_MAX) {
        send_in_stream(response, block, length, fcgi->out);
        return;
    }
    struct record_writer writer = {.fd = fcgi->ipcFd, .request_id = fcgi->requestId};
    add_records(&writer, block, length);
    if (response->body != NULL) {
        add_records(&writer, response->body, response->body_length);
    }
    for (size_t i = 0; i < response->piece_count; i++) {
        add_records(&writer, response->pieces[i].data, response->pieces[i].length);
    }
    flush_records(&writer);
}
