/* server.h: the accept loop of a responder: many threads, one FastCGI request each, graceful drain.
 *
 * Order of work for one request: read environment and body → route (404, 405) → token (401, 403) → body and
 * query (400, 413, 415, 422) → handler → send → one JSON log line → metrics. SIGTERM and SIGINT stop
 * accepting, let running requests end, stop the background tasks and return. Every responder also serves `GET
 * /-/ready` and `GET /-/metrics`, which no gateway location maps to the outside. The pattern is described in
 * FastCGI 1.0 §2 and in facts measured for libfcgi 2.4.2: see README.md of this folder. */
#ifndef TICKETING_SERVER_H
#define TICKETING_SERVER_H

#include "common/metrics.h"
#include "common/router.h"
#include "common/token.h"

/* A loop beside the requests (order expiry, live publisher). Called again `interval_ms` after it returned,
 * until the drain. It may be running on many hosts at once. `stopping` (from background_stopping) tells a
 * long one to end early. */
struct background_task {
    const char *name;
    void (*run)(void *context);
    int interval_ms;
};

struct server {
    const char *name; /* "auth", "events", "holds", "checkout": for logs and metrics */
    const struct route *routes;
    size_t route_count;
    void *context;                 /* handed to handlers, tasks and `ready` */
    const struct token_keys *keys; /* verifies bearer tokens; NULL only in tests without AUTH routes */
    struct metrics *metrics;       /* owned by the caller; the routes are named here */
    int listen_fd;                 /* FCGI_LISTENSOCK_FILENO in production */
    int threads; /* 1 to 512; more than nginx workers × keepalive connections (see nginx/README.md) */
    bool (*ready)(void *context); /* may this process serve? Asks the database; NULL: always */
    const struct background_task *tasks;
    size_t task_count;
};

/* Serves until one of the three signals has been received and the running requests have ended (at most 30 s).
 * Call before any other thread exists: it blocks the signals for all of them. Returns the process's exit
 * code. */
int server_run(const struct server *server) MUST_CHECK;

/* True once the drain has begun. Thread-safe. */
bool server_stopping(void);

#endif
