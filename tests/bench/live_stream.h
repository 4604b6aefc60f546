/* live_stream.h: one subscriber of GET /shows/:id/live: server-sent events (WHATWG HTML, "Server-sent
 * events") over HTTP/1.1, chunked or not. Only `data:` lines are looked at. */
#ifndef TICKETING_BENCH_LIVE_STREAM_H
#define TICKETING_BENCH_LIVE_STREAM_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stddef.h>

enum { STREAM_SIZE = 4096 };

struct live_stream {
    int fd;
    bool open; /* the header said 200 */
    bool chunked;
    int status;         /* 0: no answer yet */
    size_t chunk_left;  /* bytes of the chunk at hand */
    size_t next_update; /* the caller's: updates seen so far */
    size_t length;
    char text[STREAM_SIZE + 1]; /* header, then decoded event text not yet consumed; NUL-terminated */
    size_t line_length;
    char line[32]; /* a chunk's size line so far */
};

/* Called with each whole event's text (without the empty line that ends it). */
typedef void live_event_fn(struct live_stream *stream, const char *event, void *context);

/* Connects to 127.0.0.1 and asks for `path`. False when refused. */
bool live_stream_open(struct live_stream *stream, unsigned short port, const char *path) MUST_CHECK;
/* Reads what there is. False: the server ended the stream, or it makes no sense. */
bool live_stream_read(struct live_stream *stream, live_event_fn *on_event, void *context) MUST_CHECK;
void live_stream_close(struct live_stream *stream);

#endif
