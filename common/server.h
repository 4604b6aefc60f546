/* server.h: the threads of a responder: one reads all connections of the web server, all of them answer;
 * graceful drain.
 *
 * Order of work for one request: read environment and body → route (404, 405) → token (401, 403) → body and
 * query (400, 413, 415, 422) → handler → one JSON log line, metrics → send. A connection holds no thread, be
 * it idle or slow. SIGTERM and SIGINT stop accepting, let running requests end, stop the background tasks and
 * return. Every responder also serves `GET /-/ready` and `GET /-/metrics`, which no gateway location maps to
 * the outside. */
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
    const char *name;                        /* "auth", "events", "holds", "checkout": for logs and metrics */
    const struct route_table *const *tables; /* one a room */
    size_t table_count;
    void *context;                 /* handed to handlers, tasks and `ready` */
    const struct token_keys *keys; /* verifies bearer tokens; NULL only in tests without AUTH routes */
    struct metrics *metrics;       /* owned by the caller; the routes are named here */
    int listen_fd;                 /* FCGI_LISTENSOCK_FILENO in production */
    int threads;                   /* 1 to 512: so many requests may wait for the database at once */
    bool (*ready)(void *context);  /* may this process serve? Asks the database; NULL: always */
    const struct background_task *tasks;
    size_t task_count;
};

/* Serves until one of the three signals has been received and the running requests have ended (at most 30 s).
 * Call before any other thread exists: it blocks the signals for all of them. Returns the process's exit
 * code. */
int server_run(const struct server *server) MUST_CHECK;

/* True once the drain has begun. Thread-safe. */
bool server_stopping(void);

/* What is better done for many requests at once. */
struct server_work {
    void (*run)(struct server_work *work);
    struct server_work *next; /* the server's own */
};

/* True when the calling thread is the one that reads: work->run will be called once, by the thread that reads
 * when nothing more is ready to be read; until then `work` must live, and not be deferred again. False: do it
 * now. Any thread. */
bool server_defer(struct server_work *work) MUST_CHECK;

/* For how many milliseconds the calling thread may wait before it has to call server_will_wait(). Only
 * deferred work has some: handing the reading over costs more than a short wait, and what arrives meanwhile
 * shares the next work. 0: call it first. */
int server_patience_ms(void);

/* The calling thread is about to wait, for the database, another thread or much work: if it is the one that
 * reads from the connections, another takes that over. What waits in common/ calls it; so must a handler
 * before it waits for anything else. Any thread. */
void server_will_wait(void);

#endif
