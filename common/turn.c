/* turn.c: the one thread that reads, and how it hands that over. */
#include "common/turn.h"
#include "common/clock.h"
#include <stdatomic.h>

enum { PATIENCE_US = 2000 }; /* of deferred work */

static atomic_bool process_is_stopping;

/* The turn that this thread has; NULL: another thread reads. */
static _Thread_local struct turn *taken;
/* The time until which this thread may wait without giving the turn away, because it does deferred work; 0:
 * it does none. */
static _Thread_local int64_t patient_until_us;

void turn_open(struct turn *turn)
{
    *turn = (struct turn){.first = NULL};
    pthread_mutex_init(&turn->reading, NULL);
}

void turn_close(struct turn *turn)
{
    pthread_mutex_destroy(&turn->reading);
}

void turn_take(struct turn *turn)
{
    pthread_mutex_lock(&turn->reading);
    taken = turn;
}

bool turn_is_mine(void)
{
    return taken != NULL;
}

void turn_will_wait(void)
{
    struct turn *turn = taken;
    if (turn != NULL) {
        taken = NULL;
        pthread_mutex_unlock(&turn->reading);
    }
}

bool turn_defer(struct turn_work *work)
{
    struct turn *turn = taken;
    if (turn == NULL) {
        return false;
    }
    work->next = NULL;
    *(turn->first != NULL ? &turn->last->next : &turn->first) = work;
    turn->last = work;
    return true;
}

int turn_patience_ms(void)
{
    if (taken == NULL || patient_until_us == 0) {
        return 0;
    }
    int64_t left_us = patient_until_us - clock_monotonic_us();
    return left_us > 0 ? (int)((left_us + 999) / 1000) : 0;
}

bool turn_has_work(const struct turn *turn)
{
    return turn->first != NULL;
}

void turn_do_work(struct turn *turn)
{
    struct turn_work *work = turn->first;
    turn->first = work->next;
    patient_until_us = clock_monotonic_us() + PATIENCE_US;
    work->run(work);
    patient_until_us = 0;
}

bool turn_stopping(void)
{
    return atomic_load(&process_is_stopping);
}

void turn_set_stopping(bool stopping)
{
    atomic_store(&process_is_stopping, stopping);
}
