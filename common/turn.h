/* turn.h: whose turn it is to read.
 *
 * One thread of a responder reads from all connections and runs what need not wait (server.h). Before it
 * waits for anything it passes the turn, and another thread reads on. What waits in common/ does so by
 * itself; so must a handler before it waits for anything else. */
#ifndef TICKETING_TURN_H
#define TICKETING_TURN_H

#include "common/cleanup.h"
#include <pthread.h>
#include <stdbool.h>

/* The calling thread is about to wait, for the database, another thread or much work: if it is the one that
 * reads, another takes that over. Any thread. */
void turn_will_wait(void);

/* What is better done for many requests at once. */
struct turn_work {
    void (*run)(struct turn_work *work);
    struct turn_work *next; /* turn.c's own */
};

/* True when the calling thread is the one that reads: work->run will be called once, by the thread that reads
 * when nothing more is ready to be read; until then `work` must live, and not be deferred again. False: do it
 * now. Any thread. */
bool turn_defer(struct turn_work *work) MUST_CHECK;

/* For how many milliseconds the calling thread may wait before it has to call turn_will_wait(). Only deferred
 * work has some: handing the reading over costs more than a short wait, and what arrives meanwhile shares the
 * next work. 0: call it first. */
int turn_patience_ms(void);

/* True once the drain has begun: long loops end early. Any thread. */
bool turn_stopping(void);

/* From here on: what the server does. */

/* The turn that the threads of one server take. */
struct turn {
    pthread_mutex_t reading; /* held by the one thread that reads; guards what follows */
    struct turn_work *first, *last;
};

void turn_open(struct turn *turn);
void turn_close(struct turn *turn);
/* Waits until it is the calling thread's turn to read. */
void turn_take(struct turn *turn);
/* Whether the calling thread may go on reading. */
bool turn_is_mine(void);
/* With the turn: is there deferred work? */
bool turn_has_work(const struct turn *turn);
/* With the turn and deferred work: does what was deferred first, with patience for 2 ms. What else was
 * deferred is done by the thread that reads then. */
void turn_do_work(struct turn *turn);
/* What turn_stopping() says, of the whole process. */
void turn_set_stopping(bool stopping);

#endif
