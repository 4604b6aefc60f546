/* live.h: GET /shows/:id/live, and the thread that tells those who listen what changes.
 *
 * The stream itself is the live nginx's (nchan): the handler looks whether the show is there and hands over.
 * The publisher asks for the changes of each show that is listened to, at most every LIVE_INTERVAL_MS, and
 * sends `{since, version, changes}`; `since` is the version of the message before, so that a listener sees
 * when it has missed one. `{version, reload: true}` means: read everything again. */
#ifndef TICKETING_EVENTS_LIVE_H
#define TICKETING_EVENTS_LIVE_H

#include "common/router.h"
#include "fcgi/events/availability_store.h"

enum { LIVE_INTERVAL_MS = 250 };

struct live; /* opaque */

/* Both are borrowed. */
struct live *live_new(const char *run_directory, struct availability_store *store)
    __attribute__((returns_nonnull));
void live_free(struct live *live);

/* One round over all shows that are listened to; for one thread. */
void live_publish(struct live *live);

enum problem live_get(struct request *request, struct response *response);

#endif
