/* connection.h: one connection of the web server: bytes become a request, an answer becomes bytes, and
 * nothing here ever waits.
 *
 * Who may touch it: the thread that reads (server.h) opens, wakes and closes connections. It gives one away
 * with a complete request; whoever answers gives it back by arming it in the epoll set, and does not touch it
 * after that. In between, the set reports nothing about it (EPOLLONESHOT). */
#ifndef TICKETING_CONNECTION_H
#define TICKETING_CONNECTION_H

#include "common/responder.h"

struct connection; /* opaque */

/* All connections of a server; the reading thread's own. */
struct connection_set {
    const struct responder *responder;
    int epoll; /* borrowed; its events carry the connection in data.ptr */
    struct connection *first;
    size_t count;
};

/* Takes the descriptor over, closed on failure: false when the epoll set is full. */
bool connection_open(struct connection_set *set, int fd) MUST_CHECK;
/* There are bytes, or there is room for some, or the web server has closed it: goes on, and runs the request
 * when it is complete. */
void connection_wake(struct connection_set *set, struct connection *connection);
/* Ends those that have been silent for so long: the set will report them as closed. */
void connection_end_silent(struct connection_set *set, int64_t silent_us);

#endif
