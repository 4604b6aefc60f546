/* read_round.h: one read of the database and all who wait for it.
 *
 * Whoever comes while a read is under way joins the next round. When that may begin, one of those who wait is
 * made its leader and does the work; the others are woken by one call when the result stands in the round,
 * and take it without any lock. */
#ifndef TICKETING_EVENTS_READ_ROUND_H
#define TICKETING_EVENTS_READ_ROUND_H

#include "fcgi/events/availability_store.h"
#include <stdatomic.h>

struct read_round {
    atomic_uint references;          /* those who wait, and the leader */
    atomic_uint phase;               /* enum phase in read_round.c */
    bool wanted[AVAILABILITY_FORMS]; /* by those who joined; guarded by the show's lock */
    /* Written by the leader before read_round_finish(). */
    enum db_status status;
    bool published;
    uint64_t fingerprint;
    struct shared_body *bodies[AVAILABILITY_FORMS]; /* of the wanted forms */
};

/* With one reference, the caller's. */
struct read_round *read_round_new(void) __attribute__((returns_nonnull));
void read_round_release(struct read_round *round);

/* Waits for the round's result. True: the caller has been made the leader instead. */
bool read_round_wait(struct read_round *round);
/* Makes one of those who wait the leader. */
void read_round_appoint(struct read_round *round);
/* The result is there: wakes all. */
void read_round_finish(struct read_round *round);

#endif
