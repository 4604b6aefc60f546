/* load_connection.h: one kept-alive HTTP/1.1 connection of a load client: one request at a time, the answer
 * read in as few system calls as possible. The kernel throws away bodies that do not fit the buffer
 * (recv(2), MSG_TRUNC), so that large answers cost this side next to nothing. */
#ifndef TICKETING_BENCH_LOAD_CONNECTION_H
#define TICKETING_BENCH_LOAD_CONNECTION_H

#include "common/cleanup.h"
#include "tests/bench/load_requests.h"
#include <stdbool.h>
#include <stdint.h>

enum { ANSWER_SIZE = 8192 };

struct connection {
    int fd;    /* -1: not connected */
    bool busy; /* a request is on its way */
    bool releasing;
    int64_t due_us; /* when the request should have been sent (clock_monotonic_us) */
    long token;
    int status;               /* of the answer */
    const char *body;         /* in `in`; NULL while the header is incomplete */
    size_t body_length;       /* as Content-Length says */
    size_t body_read;         /* so far, thrown away or not */
    bool closing;             /* the server ends the connection after this answer */
    size_t in_length;         /* bytes in `in` */
    char in[ANSWER_SIZE + 1]; /* header and, when short, body; NUL-terminated */
};

enum received {
    RECEIVED_PART,
    RECEIVED_ALL,    /* status, body and body_length are valid until the next request */
    RECEIVED_BROKEN, /* closed or malformed: no answer will come */
};

/* Connects to 127.0.0.1. False when refused. */
bool connection_open(struct connection *connection, uint16_t port) MUST_CHECK;
void connection_close(struct connection *connection);

/* Sends a request of `length` bytes. False: the connection is broken. */
bool connection_send(struct connection *connection, const char *text, size_t length) MUST_CHECK;
/* Reads what there is. */
enum received connection_receive(struct connection *connection) MUST_CHECK;

/* Copies the answer's `holdId`; false when the body has none. */
bool connection_hold_id(const struct connection *connection, char ret_id[static UUID_SIZE]) MUST_CHECK;

#endif
