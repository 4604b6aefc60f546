#include "tests/bench/live_stream.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { READ_SIZE = 4096, HEADER_END_LENGTH = 4 };

bool live_stream_open(struct live_stream *stream, unsigned short port, const char *path)
{
    *stream = (struct live_stream){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char text[512];
    int length = snprintf(text, sizeof(text),
                          "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n", path);
    return stream->fd >= 0 && length < (int)sizeof(text) &&
           connect(stream->fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
           fcntl(stream->fd, F_SETFL, O_NONBLOCK) == 0 &&
           send(stream->fd, text, (size_t)length, MSG_NOSIGNAL) == length;
}

void live_stream_close(struct live_stream *stream)
{
    if (stream->fd >= 0) {
        close(stream->fd);
    }
    stream->fd = -1;
    stream->open = false;
}

/* Appends event text; false when an event is longer than the buffer. */
static bool append(struct live_stream *stream, const char *bytes, size_t count)
{
    if (stream->length + count > STREAM_SIZE) {
        return false;
    }
    memcpy(stream->text + stream->length, bytes, count);
    stream->length += count;
    stream->text[stream->length] = '\0';
    return true;
}

/* Takes one byte of a size line or of the line end after a chunk. False for the last chunk. */
static bool take_size_byte(struct live_stream *stream, char byte)
{
    if (byte != '\n') {
        if (stream->line_length < sizeof(stream->line) - 1) {
            stream->line[stream->line_length++] = byte;
        }
        return true;
    }
    stream->line[stream->line_length] = '\0';
    stream->line_length = 0;
    if (stream->line[0] == '\r') { /* the line end after a chunk */
        return true;
    }
    stream->chunk_left = strtoul(stream->line, NULL, 16);
    return stream->chunk_left > 0;
}

static bool decode(struct live_stream *stream, const char *bytes, size_t count)
{
    if (!stream->chunked) {
        return append(stream, bytes, count);
    }
    while (count > 0) {
        if (stream->chunk_left == 0) {
            if (!take_size_byte(stream, *bytes)) {
                return false;
            }
            bytes++;
            count--;
            continue;
        }
        size_t part = count < stream->chunk_left ? count : stream->chunk_left;
        if (!append(stream, bytes, part)) {
            return false;
        }
        stream->chunk_left -= part;
        bytes += part;
        count -= part;
    }
    return true;
}

/* Ends the header when it is complete; what follows it is event text. */
static bool read_header(struct live_stream *stream)
{
    char *end = strstr(stream->text, "\r\n\r\n");
    if (end == NULL) {
        return stream->length < STREAM_SIZE;
    }
    *end = '\0';
    stream->status =
        strncmp(stream->text, "HTTP/1.1 ", 9) == 0 ? (int)strtol(stream->text + 9, NULL, 10) : -1;
    stream->chunked = strcasestr(stream->text, "\r\nTransfer-Encoding: chunked") != NULL;
    stream->open = stream->status == 200;
    char rest[STREAM_SIZE];
    size_t rest_length = stream->length - (size_t)(end + HEADER_END_LENGTH - stream->text);
    memcpy(rest, end + HEADER_END_LENGTH, rest_length);
    stream->length = 0;
    return stream->open && decode(stream, rest, rest_length);
}

static void take_events(struct live_stream *stream, live_event_fn *on_event, void *context)
{
    char *start = stream->text;
    for (char *end = strstr(start, "\n\n"); end != NULL; end = strstr(start, "\n\n")) {
        *end = '\0';
        if (strstr(start, "data:") != NULL) {
            on_event(stream, start, context);
        }
        start = end + 2;
    }
    stream->length -= (size_t)(start - stream->text);
    memmove(stream->text, start, stream->length + 1);
}

bool live_stream_read(struct live_stream *stream, live_event_fn *on_event, void *context)
{
    char bytes[READ_SIZE];
    size_t room = stream->status == 0 ? STREAM_SIZE - stream->length : sizeof(bytes);
    ssize_t got = recv(stream->fd, bytes, room, 0);
    if (got <= 0) {
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
    if (stream->status == 0) {
        if (!append(stream, bytes, (size_t)got) || !read_header(stream)) {
            return false;
        }
    } else if (!decode(stream, bytes, (size_t)got)) {
        return false;
    }
    if (stream->open && stream->length > 0) {
        stream->text[stream->length] = '\0';
        take_events(stream, on_event, context);
    }
    return true;
}
