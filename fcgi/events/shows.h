/* shows.h: /events/:id/shows (event_shows.c) and /shows/:id (shows.c). Shows of drafts exist for admins only.
 */
#ifndef TICKETING_EVENTS_SHOWS_H
#define TICKETING_EVENTS_SHOWS_H

#include "common/router.h"

extern const struct field_spec show_list_query;

enum problem show_list(struct request *request, struct response *response);
enum problem show_create(struct request *request, struct response *response);
enum problem show_get(struct request *request, struct response *response);
enum problem show_update(struct request *request, struct response *response);
enum problem show_delete(struct request *request, struct response *response);

#endif
