/* show_seatmap.h: GET /shows/:id/seatmap: every seat of a show with its price. */
#ifndef TICKETING_EVENTS_SHOW_SEATMAP_H
#define TICKETING_EVENTS_SHOW_SEATMAP_H

#include "common/router.h"

enum problem show_seatmap_get(struct request *request, struct response *response);

#endif
