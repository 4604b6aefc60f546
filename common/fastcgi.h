/* fastcgi.h: the records that a web server and a responder exchange (FastCGI 1.0 §3), as bytes in memory: no
 * descriptor, no waiting, no thread.
 *
 * A reader is fed with what came from a connection, in pieces of any size, and keeps what it needs in an
 * arena. It takes one request at a time, in the role of a responder, as nginx sends them; there is no
 * multiplexing (§3.2). libfcgi is not used because it waits inside of a read or a write: a thread a
 * connection, which README.md compares with this. */
#ifndef TICKETING_FASTCGI_H
#define TICKETING_FASTCGI_H

#include "common/memory.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

enum {
    FASTCGI_HEADER_SIZE = 8,
    FASTCGI_END_SIZE = 3 * FASTCGI_HEADER_SIZE,
    FASTCGI_PARAMS_MAX =
        128 * 1024, /* bytes of all names and values with their lengths; nginx takes 32 KiB of headers */
    FASTCGI_BODY_MAX = 16 * 1024 * 1024, /* a longer body is not read to its end */
    FASTCGI_RECORD_MAX = 65528, /* bytes of content: the largest multiple of 8, so that none is padded */
};

enum fastcgi_event {
    FASTCGI_MORE,    /* every byte was taken, and there has to be more */
    FASTCGI_HEAD,    /* the parameters are complete: now is the time for fastcgi_keep_body() */
    FASTCGI_REQUEST, /* the request is complete */
    FASTCGI_BROKEN,  /* not this protocol, or more than the limits allow: close the connection */
};

/* A CGI variable (RFC 3875 §4.1). */
struct fastcgi_param {
    const char *name;
    const char *value;
};

struct fastcgi_reader {
    struct arena *arena;
    /* Of the request; valid from FASTCGI_HEAD on. */
    int request_id;
    bool keep; /* FCGI_KEEP_CONN: the web server will use the connection again */
    const struct fastcgi_param *params;
    size_t param_count;
    /* Valid from FASTCGI_REQUEST on. */
    char *body; /* NUL-terminated; as many bytes as were to be kept */
    size_t body_length;
    size_t body_received; /* all of it, kept or not */

    /* Of the record that is being read, and of what is gathered. */
    enum fastcgi_stage { FASTCGI_AT_BEGIN, FASTCGI_AT_PARAMS, FASTCGI_AT_BODY, FASTCGI_AT_END } stage;
    unsigned char header[FASTCGI_HEADER_SIZE];
    size_t header_length;
    size_t content_left, padding_left;
    unsigned char begin[FASTCGI_HEADER_SIZE];
    size_t begin_length;
    unsigned char *packed; /* the parameters as they come */
    size_t packed_length, packed_size;
    size_t body_size;
};

/* Ready for the next request of a connection. The arena is borrowed: everything that the reader gives out
 * lives in it. */
void fastcgi_reader_start(struct fastcgi_reader *reader, struct arena *arena);

/* Takes bytes up to the next event; `*ret_taken` says how many. After FASTCGI_HEAD call again with the rest,
 * be it empty. */
enum fastcgi_event fastcgi_read(struct fastcgi_reader *reader, const unsigned char *bytes, size_t length,
                                size_t *ret_taken) MUST_CHECK;

/* How much of the body is wanted; the rest is read and dropped. Without this call: nothing, and `body`
 * stays NULL. */
void fastcgi_keep_body(struct fastcgi_reader *reader, size_t maximum);

/* The value of a variable; NULL when it was not sent. */
const char *fastcgi_param(const struct fastcgi_reader *reader, const char *name);

/* An answer as the records to write, from where its parts lie: `parts` in order (at most `count`), then the
 * end of the request. The list and all headers are made in the arena. */
struct iovec *fastcgi_answer(struct arena *arena, int request_id, const struct iovec *parts, size_t count,
                             size_t *ret_count) __attribute__((returns_nonnull));

#endif
