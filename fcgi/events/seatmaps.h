/* seatmaps.h: /seatmaps and /seatmaps/:id: templates of venues, in versions that never change. */
#ifndef TICKETING_EVENTS_SEATMAPS_H
#define TICKETING_EVENTS_SEATMAPS_H

#include "common/router.h"

extern const struct field_spec SEATMAP_BODY;

enum problem seatmaps_list(struct request *request, struct response *response);
enum problem seatmaps_get(struct request *request, struct response *response);
enum problem seatmaps_put(struct request *request, struct response *response);

#endif
