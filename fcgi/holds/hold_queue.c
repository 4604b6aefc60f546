/* hold_queue.c: requests wait in a list; one thread at a time takes batches of them to the database. */
#include "fcgi/holds/hold_queue.h"
#include "common/log.h"
#include "common/turn.h"
#include <pthread.h>
#include <stddef.h>

/* How often a request may be put into another batch because its own batch could not decide it (HOLD_AGAIN).
 * That happens when an earlier request of the batch wanted the same seats and lost them to a third request.
 * Each time a seat is granted to some request, so it cannot go on for ever. */
enum { AGAIN_MAX = 8 };

struct hold_queue {
    struct db_pool *pool;
    struct hold_limits limits;
    pthread_mutex_t mutex; /* guards what follows and the jobs in the list */
    struct hold_job *first;
    struct hold_job **end; /* where the next one is linked */
    size_t waiting;
    bool led;              /* some thread is at work on batches, or will be */
    struct turn_work work; /* of that thread */
};

/* With the mutex. */
static void append(struct hold_queue *queue, struct hold_job *job)
{
    job->next = NULL;
    *queue->end = job;
    queue->end = &job->next;
    queue->waiting++;
}

/* With the mutex: takes the oldest jobs out of the list, at most HOLD_BATCH_MAX. */
static size_t take_batch(struct hold_queue *queue, struct hold_job *ret_batch[static HOLD_BATCH_MAX])
{
    size_t count = 0;
    while (queue->first != NULL && count < HOLD_BATCH_MAX) {
        ret_batch[count++] = queue->first;
        queue->first = queue->first->next;
    }
    if (queue->first == NULL) {
        queue->end = &queue->first;
    }
    queue->waiting -= count;
    return count;
}

static bool undecided(const struct hold_request *request, enum db_status status)
{
    return status == DB_OK && request->result.outcome == HOLD_AGAIN;
}

/* Runs a batch; the statuses are those of holds_db_hold() for each request. When the statement fails, each
 * request is tried alone, so that one bad request does not fail the others. A release that would have had to
 * wait for a lock in the batch is done alone too, where it may wait. */
static void run_batch(struct hold_queue *queue, struct hold_request *const requests[], size_t count,
                      enum db_status ret_statuses[])
{
    enum db_status together = holds_db_hold(queue->pool, &queue->limits, requests, count);
    bool one_by_one = count > 1 && together != DB_OK && together != DB_UNAVAILABLE;
    for (size_t i = 0; i < count; i++) {
        ret_statuses[i] = one_by_one ? holds_db_hold(queue->pool, &queue->limits, &requests[i], 1) : together;
        if (requests[i]->release && undecided(requests[i], ret_statuses[i])) {
            ret_statuses[i] = holds_db_release(queue->pool, requests[i]);
        }
    }
}

/* Puts a job that was not decided back into the list; false when it has been tried often enough. */
static bool queue_again(struct hold_queue *queue, struct hold_job *job)
{
    if (++job->tries >= AGAIN_MAX) {
        return false;
    }
    pthread_mutex_lock(&queue->mutex);
    append(queue, job);
    pthread_mutex_unlock(&queue->mutex);
    return true;
}

/* The log lines of a batch's answers go out together. */
static void do_batch(struct hold_queue *queue, struct hold_job *const batch[], size_t count)
{
    struct hold_request *requests[HOLD_BATCH_MAX];
    enum db_status statuses[HOLD_BATCH_MAX];
    for (size_t i = 0; i < count; i++) {
        requests[i] = batch[i]->request;
    }
    run_batch(queue, requests, count, statuses);
    log_hold();
    for (size_t i = 0; i < count; i++) {
        bool again = undecided(requests[i], statuses[i]);
        if (!again || !queue_again(queue, batch[i])) {
            batch[i]->done(batch[i], again ? DB_UNAVAILABLE : statuses[i]);
        }
    }
    log_release();
}

/* One batch after the other, as long as some wait; in between the thread that reads goes on reading. */
static void lead(struct hold_queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    do {
        struct hold_job *batch[HOLD_BATCH_MAX];
        size_t count = take_batch(queue, batch);
        pthread_mutex_unlock(&queue->mutex);
        do_batch(queue, batch, count);
        pthread_mutex_lock(&queue->mutex);
        queue->led = queue->first != NULL;
    } while (queue->led && !turn_defer(&queue->work));
    pthread_mutex_unlock(&queue->mutex);
}

static void lead_deferred(struct turn_work *work)
{
    lead((struct hold_queue *)((char *)work - offsetof(struct hold_queue, work)));
}

struct hold_queue *hold_queue_new(struct db_pool *pool, const struct hold_limits *limits)
{
    struct hold_queue *queue = memory_new(1, sizeof(*queue));
    queue->pool = pool;
    queue->limits = *limits;
    queue->end = &queue->first;
    queue->work.run = lead_deferred;
    pthread_mutex_init(&queue->mutex, NULL);
    return queue;
}

void hold_queue_free(struct hold_queue *queue)
{
    if (queue != NULL) {
        pthread_mutex_destroy(&queue->mutex);
        free(queue);
    }
}

void hold_queue_submit(struct hold_queue *queue, struct hold_job *job)
{
    job->tries = 0;
    pthread_mutex_lock(&queue->mutex);
    bool full = queue->waiting >= HOLD_WAITING_MAX;
    bool leads = !full && !queue->led;
    if (!full) {
        append(queue, job);
        queue->led = true;
    }
    pthread_mutex_unlock(&queue->mutex);
    if (full) {
        job->done(job, DB_UNAVAILABLE);
    } else if (leads && !turn_defer(&queue->work)) {
        lead(queue);
    }
}
