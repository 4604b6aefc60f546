/* fastcgi_port.h: the operating system as libfcgi sees it: not sockets that wait, but bytes in memory.
 *
 * libfcgi reaches its connections through the functions of fcgios.h only, and brings one set of them for Unix
 * and one for Windows. fastcgi_port.c is a third set, for a server that does its own reading. The static
 * libfcgi.a is linked, so the linker takes these functions and leaves the Unix ones out; were one missing,
 * both sets would be there and linking would fail. */
#ifndef TICKETING_FASTCGI_PORT_H
#define TICKETING_FASTCGI_PORT_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

enum { FASTCGI_PORT_HELD_MAX = 4 };

/* What has come of one request, and where its answer goes. */
struct fastcgi_port {
    const unsigned char *input; /* borrowed while libfcgi reads */
    size_t input_length, input_taken;
    const char *buffer_end; /* in libfcgi's memory: behind the last byte that it was given */
    bool accepted;          /* libfcgi has the connection; it may not ask for another one */
    bool starved;           /* libfcgi wanted more bytes than there are */
    bool reading;           /* a request is being read: libfcgi may not answer anything yet */

    int fd;                                   /* a socket, borrowed; never waited for */
    bool holding;                             /* what libfcgi writes is held, not sent */
    struct iovec held[FASTCGI_PORT_HELD_MAX]; /* in libfcgi's memory, in order */
    size_t held_count;
    unsigned char *out; /* what the socket has not taken yet */
    size_t out_length, out_size, out_sent;
    bool gone; /* the web server has closed the connection: what is written is dropped */
};

/* The port that libfcgi, called by this thread, reads and writes from now on; NULL: none. */
void fastcgi_port_use(struct fastcgi_port *port);

/* Gives libfcgi the bytes of a request, from its first one on. */
void fastcgi_port_feed(struct fastcgi_port *port, const unsigned char *bytes, size_t length);

/* While `holding`, what libfcgi writes is not sent: its buffers are borrowed, FASTCGI_PORT_HELD_MAX of them
 * at most, and go out in one call of the system with what is written next, or with fastcgi_port_flush().
 * Until then the writers that own these buffers must not be used. */
void fastcgi_port_hold(struct fastcgi_port *port, bool holding);

enum fastcgi_sent {
    FASTCGI_SENT,    /* all of it */
    FASTCGI_BLOCKED, /* the socket takes no more just now */
    FASTCGI_GONE,    /* the web server has closed the connection */
};

/* Sends what is left of the answer, as far as the socket takes it. */
enum fastcgi_sent fastcgi_port_flush(struct fastcgi_port *port) MUST_CHECK;

/* Frees what has not been sent. */
void fastcgi_port_close(struct fastcgi_port *port);

#endif
