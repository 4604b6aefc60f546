/* show_body.h: a show as JSON, in and out. Prices: those of the show where it names a zone, else the
 * template's. */
#ifndef TICKETING_EVENTS_SHOW_BODY_H
#define TICKETING_EVENTS_SHOW_BODY_H

#include "common/field.h"
#include "common/request.h"
#include "common/response.h"
#include "common/seatmap.h"
#include "fcgi/events/events.h"
#include "fcgi/events/shows_db.h"

extern const struct field_spec show_create_body;

/* A show as a client wants it, checked against the seat map that it names: `pinned` is the show as it is
 * (NULL: a new one). A show without held or sold seats takes the map's newest version. Returns
 * PROBLEM_NONE and fills values and the version to pin, or answers. Text lives as long as the request. */
enum problem show_body_read(struct request *request, struct response *response, const json_t *json,
                            const struct show_record *pinned, struct fault_list *faults,
                            struct show_values *ret_values, int64_t *ret_version) MUST_CHECK;

/* The show as the API gives it, with the prices of all zones. The caller owns `*ret_json`. */
enum db_status show_body_json(const struct events *events, const struct show_record *show,
                              json_t **ret_json) MUST_CHECK;

/* The prices of the show by zone: an object with every zone of the map. The caller owns it. */
json_t *show_body_prices(const struct seatmap *map, const char *price_tiers);

#endif
