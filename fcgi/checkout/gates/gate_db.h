/* gate_db.h: what a gate takes along when it goes off the network. Texts live in the arena given. */
#ifndef TICKETING_GATES_GATE_DB_H
#define TICKETING_GATES_GATE_DB_H

#include "common/db.h"

/* Times are RFC 3339. */
struct gate_show {
    const char *id;
    const char *event_id;
    const char *title;
    const char *venue; /* NULL: none */
    const char *time_zone;
    const char *starts_at;
    const char *ends_at;            /* NULL: not said */
    const char *admission_start_at; /* NULL: there is no earliest time; the next one: no latest */
    const char *admission_end_at;
    bool reentry;
    bool is_deleted;     /* the show or its event: nobody is let in any more */
    const char *version; /* "origin-transaction": what is committed later is a change since it */
    const char *now;
    const char
        *since; /* for gate_db_tickets(); NULL: the version asked for is none of this life of the database */
};

struct gate_ticket {
    const char *id;
    const char *status; /* valid, checked_in, void */
    int64_t revision;   /* codes with a lower one are void */
    const char *checked_in_at;
    const char *gate;
    bool inside;
};

/* `since`: a version, any other text, or NULL. DB_NONE when there is no such show. */
enum db_status gate_db_show(struct db_pool *pool, struct arena *arena, const char *show_id, const char *since,
                            struct gate_show *ret_show) MUST_CHECK;

/* The tickets of the show that had a code and changed since the version, by id; with `since` NULL those of
 * which a signature does not tell all: not plainly valid in their first revision. To be asked after
 * gate_db_show(), so that nothing falls between. */
enum db_status gate_db_tickets(struct db_pool *pool, struct arena *arena, const char *show_id,
                               const char *since, struct gate_ticket **ret_tickets,
                               size_t *ret_count) MUST_CHECK;

#endif
