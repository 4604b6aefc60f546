/* fastcgi.h: a request of the web server and its answer, parsed and framed by libfcgi (FastCGI 1.0) over
 * bytes in memory: no waiting, and no thread that belongs to a connection.
 *
 * libfcgi reads a request from its first byte. When the bytes end before the request does, what it has read
 * is given up, and the request is read again from its first byte once more has come: the caller keeps the
 * bytes. */
#ifndef TICKETING_FASTCGI_H
#define TICKETING_FASTCGI_H

#include "common/fastcgi_port.h"
#include "common/memory.h"
#include <fcgiapp.h>
#include <sys/uio.h>

enum {
    FASTCGI_HEAD_MAX = 128 * 1024, /* bytes up to the end of the parameters; nginx takes 32 KiB of headers */
    FASTCGI_REQUEST_MAX = 16 * 1024 * 1024, /* bytes in all; a longer request is not read to its end */
};

enum fastcgi_event {
    FASTCGI_MORE,    /* the bytes end too early: read again with more */
    FASTCGI_HEAD,    /* the parameters are complete */
    FASTCGI_REQUEST, /* the body is complete too */
    FASTCGI_BROKEN,  /* not this protocol, too long a head, or bytes behind the request: close the connection
                      */
};

/* Of one connection; used by one thread at a time, which may be another one for the answer. */
struct fastcgi {
    FCGX_Request request;
    struct fastcgi_port port;
    bool open;  /* `request` has memory of libfcgi's */
    bool keep;  /* the web server will use the connection again; valid from FASTCGI_HEAD on */
    char *body; /* NUL-terminated, in the arena; as many bytes as were to be kept; valid from FASTCGI_REQUEST
                   on */
    size_t body_length;
    size_t body_received; /* all of it, kept or not */

    const struct iovec *parts; /* of the answer */
    size_t part_count, part_index;
    size_t part_written; /* bytes of the part at part_index */
    bool more;           /* further parts will come */
};

/* `fd`: the socket that answers go to; borrowed. Called by one thread at a time of the process. */
void fastcgi_open(struct fastcgi *fastcgi, int fd);
/* Frees what a request has left. */
void fastcgi_close(struct fastcgi *fastcgi);

/* Reads a request's parameters from its first byte on. The bytes are borrowed until fastcgi_body() is back.
 */
enum fastcgi_event fastcgi_head(struct fastcgi *fastcgi, const unsigned char *bytes,
                                size_t length) MUST_CHECK;

/* After FASTCGI_HEAD: reads the body, of which `maximum` bytes at the most are kept in `arena`. */
enum fastcgi_event fastcgi_body(struct fastcgi *fastcgi, struct arena *arena, size_t maximum) MUST_CHECK;

/* The value of a CGI variable (RFC 3875 §4.1), valid until the answer; NULL when it was not sent. */
const char *fastcgi_param(const struct fastcgi *fastcgi, const char *name);

/* The answer: parts in order, borrowed until they have been sent. `more`: the answer goes on with those of
 * another call, once these have been sent; there may be none. */
void fastcgi_answer(struct fastcgi *fastcgi, const struct iovec *parts, size_t count, bool more);

/* Writes and sends what the socket takes of the parts, and unless there are more ends the request behind
 * them. After FASTCGI_BLOCKED call again when the socket takes more. */
enum fastcgi_sent fastcgi_send(struct fastcgi *fastcgi) MUST_CHECK;

#endif
