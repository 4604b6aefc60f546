/* hold_queue.h: group commit of holds and releases. While one batch is in flight, arriving requests wait; the
 * next batch takes all that wait and runs as one statement, each granted or refused on its own.
 *
 * There is no timer and no thread of its own: the thread that brings a request while nobody leads carries it
 * to the database, with all that is ready by then (turn_defer()), tells each its outcome, and goes on with
 * whatever came meanwhile until nothing waits. All other threads leave their request in the list and go on.
 * So a lone hold pays nothing, a rush pays one commit for many holds (PostgreSQL's own commit_delay, turned
 * around: the queue is the delay), and nobody is woken for an answer (flat combining; Hendler, Incze, Shavit
 * and Tzafrir, SPAA 2010).
 */
#ifndef TICKETING_HOLD_QUEUE_H
#define TICKETING_HOLD_QUEUE_H

#include "fcgi/holds/holds_db.h"

enum {
    HOLD_BATCH_MAX = 64,
    HOLD_WAITING_MAX = 4096, /* more are told DB_UNAVAILABLE at once */
};

struct hold_queue; /* opaque; shared between threads */

/* A request on its way. It is the first member of a struct that has the rest of what its answer needs. */
struct hold_job {
    struct hold_request *request;
    void (*done)(struct hold_job *job, enum db_status status);
    struct hold_job *next; /* the queue's own, as is `tries` */
    int tries;
};

/* Never NULL. `pool` is borrowed. */
struct hold_queue *hold_queue_new(struct db_pool *pool, const struct hold_limits *limits);
void hold_queue_free(struct hold_queue *queue);

/* Tries to hold or to release; job->done is called once, when the outcome is durable: on this thread, which
 * then may do the same for others, or on another one, maybe before this returns. The job may end in there,
 * and a new one may be submitted. The status is holds_db_hold()'s for this one request: a batch that fails as
 * a whole (connection lost) is DB_UNAVAILABLE for each of its requests. */
void hold_queue_submit(struct hold_queue *queue, struct hold_job *job);

#endif
