/* health.h: what the whole service says about itself: GET /-/healthz and GET /-/metrics-all. Both ask the
 * other responders on their sockets; this process answers for itself without a detour. However many ask at
 * once, the responders see one round of questions at a time, and an answer is shared for a moment, so that
 * health checks cannot wear the service out. */
#ifndef TICKETING_EVENTS_HEALTH_H
#define TICKETING_EVENTS_HEALTH_H

#include "common/db.h"
#include "common/disk_watch.h"
#include "common/metrics.h"
#include "common/router.h"

struct health; /* opaque; shared between threads */

/* All are borrowed. */
struct health *health_new(const char *run_directory, struct db_pool *pool, const struct metrics *metrics,
                          struct disk_watch *disk) __attribute__((returns_nonnull));
void health_free(struct health *health);

enum problem health_get(struct request *request, struct response *response);
enum problem health_metrics(struct request *request, struct response *response);

#endif
