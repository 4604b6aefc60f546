/* show_seatmap.c: every seat of a show with its price. */
#include "fcgi/events/show_seatmap.h"
#include "fcgi/events/events.h"
#include "fcgi/events/shared_read.h"
#include "fcgi/events/show_body.h"
#include "fcgi/events/text.h"
#include <string.h>

static void add_seat(struct text *text, const struct seat *seat, const char *zone_name, int64_t price)
{
    text_add(text, "{\"seatId\":");
    text_add_json(text, seat->id);
    text_add(text, ",\"zone\":");
    text_add_json(text, seat->zone);
    if (strcmp(zone_name, seat->zone) != 0) {
        text_add(text, ",\"zoneName\":");
        text_add_json(text, zone_name);
    }
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
        add_seat(text, seat, seatmap_zone_name(map, (size_t)seat->zone_index),
                 json_integer_value(json_object_get(prices, seat->zone)));
    }
}

static enum db_status write_map(const struct show_record *show, const struct seatmap *map, char **ret_text)
{
    CLEANUP(free) char *template = json_dumps(seatmap_template(map), JSON_COMPACT);
    if (template == NULL) {
        return DB_FAILED;
    }
    struct text text = {0};
    text_add(&text, "{\"showId\":");
    text_add_json(&text, show->id);
    text_add(&text, ",\"template\":");
    text_add(&text, template);
    text_add(&text, ",\"seats\":[");
    add_seats(&text, map, show->price_tiers);
    text_add(&text, "]}");
    *ret_text = text.data;
    return DB_OK;
}

static enum db_status ask(struct request *request, struct db_result **ret_rows)
{
    return shows_db_get_map(events_of(request)->pool, request_param(request, "id"),
                            request_has_role(request, ROLE_ADMIN), ret_rows);
}

static enum db_status write_seats(struct request *request, const struct db_result *rows, char **ret_text)
{
    struct show_record show;
    const struct seatmap *map = NULL;
    struct seatmap_cache *seatmaps = events_of(request)->seatmaps;
    shows_db_read_map(request_arena(request), rows, &show);
    enum db_status status = seatmap_cache_get(seatmaps, show.seatmap_id, show.seatmap_version, &map);
    if (status == DB_OK) {
        status = write_map(&show, map, ret_text);
        seatmap_cache_release(seatmaps, map);
    }
    return status;
}

static const struct shared_question QUESTION = {
    .ask = ask, .write = write_seats, .missing = PROBLEM_SHOW_NOT_FOUND};

enum problem show_seatmap_get(struct request *request, struct response *response)
{
    return shared_read(events_of(request)->reads, &QUESTION, NULL, request, response);
}
