/* server.h: the threads of a responder. One of them reads from all connections of the web server and runs
 * each request that it has read; before it waits for anything, another one reads on (turn.h). A connection
 * holds no thread, be it idle or slow.
 *
 * Order of work for one request: read the parameters → route (404, 405), size (413), token (401, 403) → read
 * the body → body and query (400, 415, 422) → handler → one JSON log line, metrics → send. SIGTERM, SIGINT
 * and SIGQUIT begin the drain: what waits to be accepted is still served, connections that stay silent are
 * ended, running requests and background tasks end, and server_run() returns. Every responder also serves
 * `GET /-/ready` and `GET /-/metrics`, which no gateway location maps to the outside. */
#ifndef TICKETING_SERVER_H
#define TICKETING_SERVER_H

#include "common/responder.h"

/* Serves until one of the three signals has been received and the running requests have ended (at most 30 s).
 * Call before any other thread exists: it blocks the signals for all of them. Returns the process's exit
 * code. */
int server_run(const struct responder *responder) MUST_CHECK;

#endif
