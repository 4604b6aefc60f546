/* app.h: what every handler of the events responder works with (request_context()). */
#ifndef TICKETING_EVENTS_APP_H
#define TICKETING_EVENTS_APP_H

#include "common/config.h"
#include "common/db.h"
#include "common/router.h"
#include "common/seatmap_cache.h"
#include "fcgi/events/availability_store.h"
#include "fcgi/events/health.h"
#include "fcgi/events/live.h"
#include "fcgi/events/shared_read.h"

/* Made by main() before any thread exists; its members are safe to share. */
struct app {
    struct config config;
    struct db_pool *pool;
    struct seatmap_cache *seatmaps;
    struct availability_store *availability;
    struct shared_reads *reads;
    struct live *live;
    struct health *health;
    struct metrics *metrics;
};

static inline struct app *app_of(const struct request *request)
{
    return request_context(request);
}

#endif
