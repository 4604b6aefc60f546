/* availability.h: GET /shows/:id/availability in its three forms: full JSON, ?format=compact and
 * ?since=<version>. */
#ifndef TICKETING_EVENTS_AVAILABILITY_H
#define TICKETING_EVENTS_AVAILABILITY_H

#include "common/router.h"

extern const struct field_spec availability_get_query;

enum problem availability_get(struct request *request, struct response *response);

#endif
