/* events.h: /events and /events/:id. Drafts exist for admins only. */
#ifndef TICKETING_EVENTS_EVENTS_H
#define TICKETING_EVENTS_EVENTS_H

#include "common/router.h"

extern const struct field_spec EVENT_BODY;
extern const struct field_spec EVENT_LIST_QUERY;

enum problem event_list(struct request *request, struct response *response);
enum problem event_create(struct request *request, struct response *response);
enum problem event_get(struct request *request, struct response *response);
enum problem event_update(struct request *request, struct response *response);
enum problem event_delete(struct request *request, struct response *response);

#endif
