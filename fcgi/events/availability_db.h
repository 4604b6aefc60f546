/* availability_db.h: the one statement of availability: what changed in a show since a database snapshot, and
 * that statement's own snapshot. */
#ifndef TICKETING_EVENTS_AVAILABILITY_DB_H
#define TICKETING_EVENTS_AVAILABILITY_DB_H

#include "common/db.h"

/* What holds for the whole answer, all of it read by one statement with one snapshot. */
struct claims_head {
    const char *origin; /* names this life of this database: differs after a restart, failover or restore */
    uint64_t xmin;      /* every transaction that the statement did not see has this id or a later one */
    int64_t now;        /* the database's clock, microseconds since the epoch */
    const char *seatmap_id; /* what the show pins */
    int64_t seatmap_version;
    bool published;
    bool over; /* the show has ended (or begun, when its end is not known) */
};

struct claim {
    const char *seat_id;
    char state;       /* 'h' held, 's' sold, 'r' released */
    int64_t expires;  /* of a held one, microseconds since the epoch */
    uint64_t changed; /* id of the transaction that wrote it last */
};

struct claims; /* opaque: rows as they came */

/* The claims of a show written by transaction `since` or later; 0: all. DB_NONE when the show, or its event,
 * is not there. */
enum db_status availability_db_read(struct db_pool *pool, const char *show_id, uint64_t since,
                                    struct claims **ret_claims) MUST_CHECK;
void claims_free(struct claims *claims);
DEFINE_CLEANUP(struct claims *, claims_free)

/* Text lives as long as the claims. */
const struct claims_head *claims_head(const struct claims *claims);
size_t claims_count(const struct claims *claims);
struct claim claims_get(const struct claims *claims, size_t index);

#endif
