/* seatmaps.h: /seatmaps and /seatmaps/:id: templates of venues, in versions that never change. */
#ifndef TICKETING_EVENTS_SEATMAPS_H
#define TICKETING_EVENTS_SEATMAPS_H

#include "common/router.h"

extern const struct field_spec seatmap_put_body;

enum problem seatmap_list(struct request *request, struct response *response);
enum problem seatmap_get(struct request *request, struct response *response);
enum problem seatmap_put(struct request *request, struct response *response);

#endif
