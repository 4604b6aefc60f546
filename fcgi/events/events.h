/* events.h: /events and /events/:id. Drafts exist for admins only. */
#ifndef TICKETING_EVENTS_EVENTS_H
#define TICKETING_EVENTS_EVENTS_H

#include "common/router.h"

extern const struct field_spec EVENT_BODY;
extern const struct field_spec EVENT_LIST_QUERY;

enum problem events_list(struct request *request, struct response *response);
enum problem events_create(struct request *request, struct response *response);
enum problem events_get(struct request *request, struct response *response);
enum problem events_put(struct request *request, struct response *response);
enum problem events_delete(struct request *request, struct response *response);

#endif
