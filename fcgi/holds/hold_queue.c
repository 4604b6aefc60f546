#include "hold_queue.h"
#include "common/server.h"
#include <pthread.h>

/* A request that another's loser stood in the way of (HOLD_AGAIN) goes into the next batch, this often at the
 * most: each time somebody else was granted a seat, so even the busiest show comes to an end. */
enum { AGAIN_MAX = 8 };

struct waiter {
    struct hold_request *request;
    struct waiter *next;
    pthread_cond_t wake; /* signalled when `done` or `leads` has been set */
    enum db_status status;
    int tries;
    bool done;
    bool leads; /* runs the next batch */
};

struct hold_queue {
    struct db_pool *pool;
    struct hold_limits limits;
    pthread_mutex_t mutex; /* guards what follows and the waiters in the list */
    struct waiter *first;
    struct waiter **end; /* where the next one is linked */
    bool in_flight;      /* somebody leads */
};

struct hold_queue *hold_queue_new(struct db_pool *pool, const struct hold_limits *limits)
{
    struct hold_queue *queue = memory_new(1, sizeof(*queue));
    queue->pool = pool;
    queue->limits = *limits;
    queue->end = &queue->first;
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

/* With the mutex. */
static void append(struct hold_queue *queue, struct waiter *waiter)
{
    waiter->next = NULL;
    *queue->end = waiter;
    queue->end = &waiter->next;
}

/* With the mutex: takes the oldest waiters out of the list, at most HOLD_BATCH_MAX. */
static size_t take_batch(struct hold_queue *queue, struct waiter *ret_batch[static HOLD_BATCH_MAX])
{
    size_t count = 0;
    while (queue->first != NULL && count < HOLD_BATCH_MAX) {
        ret_batch[count++] = queue->first;
        queue->first = queue->first->next;
    }
    if (queue->first == NULL) {
        queue->end = &queue->first;
    }
    return count;
}

/* Without the mutex: the batch belongs to the leader, the others wait. A fault of one request (or of the
 * batch's making) must not be everybody's: then each is tried alone. */
static void run_batch(struct hold_queue *queue, struct waiter *const batch[], size_t count)
{
    struct hold_request *requests[HOLD_BATCH_MAX];
    for (size_t i = 0; i < count; i++) {
        requests[i] = batch[i]->request;
    }
    enum db_status status = holds_db_hold(queue->pool, &queue->limits, requests, count);
    bool alone = count > 1 && status != DB_OK && status != DB_UNAVAILABLE;
    for (size_t i = 0; i < count; i++) {
        batch[i]->status = alone ? holds_db_hold(queue->pool, &queue->limits, &requests[i], 1) : status;
    }
}

/* With the mutex: wakes all whose outcome is known, queues the others again. */
static void settle_batch(struct hold_queue *queue, struct waiter *const batch[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct waiter *waiter = batch[i];
        bool again = waiter->status == DB_OK && waiter->request->result.outcome == HOLD_AGAIN;
        if (again && ++waiter->tries < AGAIN_MAX) {
            append(queue, waiter);
            continue;
        }
        if (again) {
            waiter->status = DB_UNAVAILABLE;
        }
        waiter->done = true;
        pthread_cond_signal(&waiter->wake);
    }
}

/* With the mutex, which it lets go while the database works: one batch, then the lead goes to the first still
 * waiting. */
static void lead(struct hold_queue *queue)
{
    struct waiter *batch[HOLD_BATCH_MAX];
    size_t count = take_batch(queue, batch);
    pthread_mutex_unlock(&queue->mutex);
    run_batch(queue, batch, count);
    pthread_mutex_lock(&queue->mutex);
    settle_batch(queue, batch, count);
    queue->in_flight = queue->first != NULL;
    if (queue->in_flight) {
        queue->first->leads = true;
        pthread_cond_signal(&queue->first->wake);
    }
}

enum db_status hold_queue_run(struct hold_queue *queue, struct hold_request *request)
{
    struct waiter waiter = {.request = request, .wake = PTHREAD_COND_INITIALIZER};
    pthread_mutex_lock(&queue->mutex);
    append(queue, &waiter);
    waiter.leads = !queue->in_flight;
    queue->in_flight = true;
    while (!waiter.done) {
        if (waiter.leads) {
            waiter.leads = false;
            lead(queue);
        } else {
            server_will_wait();
            pthread_cond_wait(&waiter.wake, &queue->mutex);
        }
    }
    pthread_mutex_unlock(&queue->mutex);
    pthread_cond_destroy(&waiter.wake);
    return waiter.status;
}
