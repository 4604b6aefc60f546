/* shows.h: /events/:id/shows (event_shows.c) and /shows/:id (shows.c). Shows of drafts exist for admins only.
 */
#ifndef TICKETING_EVENTS_SHOWS_H
#define TICKETING_EVENTS_SHOWS_H

#include "common/router.h"

enum problem event_shows_list(struct request *request, struct response *response);
enum problem event_shows_create(struct request *request, struct response *response);
enum problem shows_get(struct request *request, struct response *response);
enum problem shows_put(struct request *request, struct response *response);
enum problem shows_delete(struct request *request, struct response *response);

#endif
