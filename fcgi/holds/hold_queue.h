/* hold_queue.h: group commit of holds. While one batch is in flight, arriving holds wait; the next batch
 * takes all that wait and runs as one statement, each hold granted or refused on its own.
 *
 * There is no timer and no thread of its own: the first to arrive carries its hold, and whatever came
 * meanwhile, to the database itself; when it is back it hands over to the first of those still waiting. So a
 * lone hold pays nothing, and a rush pays one commit for many holds (PostgreSQL's own commit_delay, turned
 * around: the queue is the delay). */
#ifndef TICKETING_HOLD_QUEUE_H
#define TICKETING_HOLD_QUEUE_H

#include "holds_db.h"

enum { HOLD_BATCH_MAX = 64 };

struct hold_queue; /* opaque; shared between threads. As many can wait as there are threads, so it needs no
                      bound of its own */

/* Never NULL. `pool` is borrowed. */
struct hold_queue *hold_queue_new(struct db_pool *pool, const struct hold_limits *limits);
void hold_queue_free(struct hold_queue *queue);

/* Tries to hold; returns when the outcome is durable. The status is holds_db_hold()'s for this one request: a
 * batch that fails as a whole (connection lost) is DB_UNAVAILABLE for each of its requests. Blocks for one
 * batch in flight and one's own. */
enum db_status hold_queue_run(struct hold_queue *queue, struct hold_request *request) MUST_CHECK;

#endif
