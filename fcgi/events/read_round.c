#include "fcgi/events/read_round.h"
#include "common/memory.h"
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>

enum phase {
    PHASE_WAITING,
    PHASE_LEADER_WANTED,
    PHASE_DONE,
};

/* futex(2); the C library has no name for it. */
static void sleep_while(atomic_uint *word, unsigned value)
{
    (void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(atomic_uint *word, int count)
{
    (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

struct read_round *read_round_new(void)
{
    struct read_round *round = memory_new(1, sizeof(*round));
    atomic_init(&round->references, 1);
    atomic_init(&round->phase, PHASE_WAITING);
    return round;
}

void read_round_release(struct read_round *round)
{
    if (atomic_fetch_sub_explicit(&round->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    for (size_t i = 0; i < AVAILABILITY_FORMS; i++) {
        shared_body_release(round->bodies[i]);
    }
    free(round);
}

bool read_round_wait(struct read_round *round)
{
    for (;;) {
        unsigned phase = atomic_load_explicit(&round->phase, memory_order_acquire);
        if (phase == PHASE_DONE) {
            return false;
        }
        if (phase == PHASE_LEADER_WANTED &&
            atomic_compare_exchange_strong(&round->phase, &phase, PHASE_WAITING)) {
            return true;
        }
        if (phase == PHASE_WAITING) {
            sleep_while(&round->phase, PHASE_WAITING);
        }
    }
}

void read_round_appoint(struct read_round *round)
{
    atomic_store_explicit(&round->phase, PHASE_LEADER_WANTED, memory_order_release);
    wake(&round->phase, 1);
}

void read_round_finish(struct read_round *round)
{
    atomic_store_explicit(&round->phase, PHASE_DONE, memory_order_release);
    wake(&round->phase, INT_MAX);
}
