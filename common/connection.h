/* connection.h: one connection of the web server: bytes become a request, an answer becomes bytes, and
 * nothing here ever waits.
 *
 * Who may touch a connection: the reading thread (server.h) opens, wakes and closes connections. With a
 * complete request it hands the connection to the thread that answers. That thread gives the connection back
 * by arming it in the epoll set, and does not touch it after that. In between, the set reports no events of
 * the connection (EPOLLONESHOT). */
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
/* To be called when the socket has bytes, or has room for some, or was closed by the web server. Goes on with
 * the connection, and runs the request when it is complete. */
void connection_wake(struct connection_set *set, struct connection *connection);
/* Shuts down the connections that have been silent for so long: the set will report each as closed. */
void connection_end_silent(struct connection_set *set, int64_t silent_us);

#endif
