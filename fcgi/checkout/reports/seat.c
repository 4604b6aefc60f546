/* seat.c: GET of a seat of a show: what is behind it, now and before; for admins. */
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/reports/reports.h"
#include "fcgi/checkout/reports/seat_db.h"

enum problem seat_read(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    struct arena *arena = request_arena(request);
    const char *seat_id = request_param(request, "seat");
    struct seat_story story;
    enum db_status status =
        seat_db_read(checkout->pool, arena, request_param(request, "id"), seat_id, &story);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    const struct seatmap *map = NULL;
    status = seatmap_cache_get(checkout->maps, story.seatmap_id, story.seatmap_version, &map);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    bool on_map = seatmap_find(map, seat_id) >= 0;
    seatmap_cache_release(checkout->maps, map);
    /* A seat of an earlier map may still have a story. */
    return on_map || story.told ? response_json(response, 200, json_loads(story.json, 0, NULL))
                                : PROBLEM_NOT_FOUND;
}
