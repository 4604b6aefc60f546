/* events.h: the responder of events, shows, seat maps and availability: what its handlers share, and the
 * calls /events and /events/:id (events.c). Drafts exist for admins only. */
#ifndef TICKETING_EVENTS_EVENTS_H
#define TICKETING_EVENTS_EVENTS_H

#include "common/config.h"
#include "common/db.h"
#include "common/router.h"
#include "common/seatmap_cache.h"

struct availability_store;
struct disk_watch;
struct health;
struct live;
struct shared_reads;

/* Made by main() before any thread exists; read-only but for its members' own state. */
struct events {
    struct db_pool *pool;
    struct seatmap_cache *seatmaps;
    struct availability_store *availability; /* snapshots of shows */
    struct shared_reads *reads;              /* of lists, events, shows and seat maps */
    struct live *live;                       /* tells listeners what changes */
    struct health *health;                   /* of the whole service */
    struct disk_watch *disk;                 /* where the database is */
    struct metrics *metrics;
    const struct config *config;
};

static inline const struct events *events_of(const struct request *request)
{
    return request_context(request);
}

extern const struct field_spec event_create_body;
extern const struct field_spec event_list_query;

handler_fn event_list;
handler_fn event_create;
handler_fn event_get;
handler_fn event_update;
handler_fn event_delete;

#endif
