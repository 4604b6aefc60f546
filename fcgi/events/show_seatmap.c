/* show_seatmap.c: every seat of a show with its price. */
#include "fcgi/events/show_seatmap.h"
#include "common/identifier.h"
#include "common/response_database.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/app.h"
#include "fcgi/events/show_body.h"
#include "fcgi/events/text.h"
#include <string.h>

enum { ETAG_DIGITS = 32 };

static void add_seat(struct text *text, const struct seat *seat, int64_t price)
{
    text_add(text, "{\"seatId\":");
    text_add_json(text, seat->id);
    text_add(text, ",\"zone\":");
    text_add_json(text, seat->zone);
    text_add(text, ",\"row\":");
    text_add_json(text, seat->row);
    text_add(text, ",\"number\":");
    text_add_number(text, seat->number);
    text_add(text, ",\"price\":");
    text_add_number(text, price);
    text_add(text, "}");
}

static void add_seats(struct text *text, const struct seatmap *map, const char *price_tiers)
{
    json_auto_t *prices = show_body_prices(map, price_tiers);
    for (size_t i = 0; i < seatmap_seat_count(map); i++) {
        const struct seat *seat = seatmap_seat(map, i);
        text_add(text, i == 0 ? "" : ",");
        add_seat(text, seat, json_integer_value(json_object_get(prices, seat->zone)));
    }
}

static enum problem answer_map(struct response *response, const struct show_record *show,
                               const struct seatmap *map)
{
    CLEANUP(free) char *template = json_dumps(seatmap_template(map), JSON_COMPACT);
    if (template == NULL) {
        return PROBLEM_INTERNAL;
    }
    struct text text TEXT_AUTO = {0};
    text_add(&text, "{\"showId\":");
    text_add_json(&text, show->id);
    text_add(&text, ",\"template\":");
    text_add(&text, template);
    text_add(&text, ",\"seats\":[");
    add_seats(&text, map, show->price_tiers);
    text_add(&text, "]}");
    return response_bytes(response, 200, "application/json", text.data, text.length);
}

/* All that the answer is made of, so that an unchanged one costs no rendering. */
static void tag(struct request *request, struct response *response, const struct show_record *show)
{
    const char *origin =
        arena_printf(request_arena(request), "%s %lld %s", show->seatmap_id, (long long)show->seatmap_version,
                     show->price_tiers != NULL ? show->price_tiers : "");
    char hash[65];
    sha256_hex(origin, strlen(origin), hash);
    response_etag(response, "%.*s", ETAG_DIGITS, hash);
}

enum problem show_seatmap_get(struct request *request, struct response *response)
{
    const struct app *app = app_of(request);
    struct show_record show;
    enum db_status status = shows_db_get(app->pool, request_arena(request), request_param(request, "id"),
                                         request_has_role(request, ROLE_ADMIN), &show);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    tag(request, response, &show);
    if (response_not_modified(response)) {
        return response_empty(response, 304);
    }
    const struct seatmap *map = NULL;
    status = seatmap_cache_get(app->seatmaps, show.seatmap_id, show.seatmap_version, &map);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SEATMAP_NOT_FOUND);
    }
    enum problem problem = answer_map(response, &show, map);
    seatmap_cache_release(app->seatmaps, map);
    return problem;
}
