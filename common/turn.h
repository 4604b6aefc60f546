/* turn.h: whose turn it is to read.
 *
 * One thread of a responder reads from all connections and runs what need not wait (server.h). Before that
 * thread waits for anything, it passes the turn, and another thread reads on. The functions of common/ that
 * wait pass the turn themselves. A handler that waits for anything else has to pass it, too. */
#ifndef TICKETING_TURN_H
#define TICKETING_TURN_H

#include "common/cleanup.h"
#include <pthread.h>
#include <stdbool.h>

/* To be called before waiting for the database or another thread, and before work that takes long. If the
 * calling thread is the one that reads, another thread takes the reading over. Any thread. */
void turn_will_wait(void);

/* Work that is better done for many requests at once. */
struct turn_work {
    void (*run)(struct turn_work *work);
    struct turn_work *next; /* turn.c's own */
};

/* True when the calling thread is the one that reads: work->run will be called once, by the thread that reads
 * when nothing more is ready to be read; until then `work` must live, and not be deferred again. False: do it
 * now. Any thread. */
bool turn_defer(struct turn_work *work) MUST_CHECK;

/* For how many milliseconds the calling thread may wait before it has to call turn_will_wait(). Only deferred
 * work may wait a little: handing the reading over costs more than a short wait, and requests that arrive
 * meanwhile share the next work. 0: call turn_will_wait() first. */
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
/* To be called with the turn when there is deferred work. Does what was deferred first, and may wait for 2 ms
 * with the turn. The rest is done by the thread that has the turn afterwards. */
void turn_do_work(struct turn *turn);
/* What turn_stopping() says, of the whole process. */
void turn_set_stopping(bool stopping);

#endif
