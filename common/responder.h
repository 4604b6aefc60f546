/* responder.h: what distinguishes one responder from another: its routes, what its handlers share, its
 * background tasks. Made by main.c, run by server.h. */
#ifndef TICKETING_RESPONDER_H
#define TICKETING_RESPONDER_H

#include "common/buyer_limit.h"
#include "common/disk_watch.h"
#include "common/metrics.h"
#include "common/route.h"
#include "common/token.h"

/* A loop beside the requests (order expiry, live publisher). Called again `interval_ms` after it returned,
 * until the drain. It may be running on many hosts at once. A long one ends early when
 * turn_stopping() says so. */
struct background_task {
    const char *name;
    void (*run)(void *context);
    int interval_ms;
};

struct responder {
    const char *name;                        /* "auth", "events", "holds", "checkout": for logs and metrics */
    const struct route_table *const *tables; /* one a room */
    size_t table_count;
    void *context;                 /* handed to handlers, tasks and `ready` */
    const struct token_keys *keys; /* verifies bearer tokens; NULL only in tests without AUTH routes */
    struct buyer_limit *limit;     /* of routes that are `limited`; NULL: none */
    struct metrics *metrics;       /* owned by the caller; the routes are named here */
    int listen_fd;                 /* FCGI_LISTENSOCK_FILENO in production */
    int threads;                   /* 1 to 512; as many requests may wait for the database at once */
    /* Reads the present roles of a staff member or admin (session_standing.h); NULL: those of the token
     * count. */
    enum problem (*standing)(struct request *request, struct response *response);
    bool (*ready)(void *context); /* may this process serve? Asks the database; NULL: always */
    struct disk_watch *disk; /* the database's: while it is full, only GET is served; NULL: not watched */
    const struct background_task *tasks;
    size_t task_count;
};

#endif
