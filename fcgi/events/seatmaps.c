/* seatmaps.c: the calls about seat map templates. */
#include "fcgi/events/seatmaps.h"
#include "common/response_database.h"
#include "common/seatmap_names.h"
#include "fcgi/events/events.h"
#include "fcgi/events/seatmaps_db.h"
#include "fcgi/events/shared_read.h"
#include <string.h>

const struct field_spec seatmap_put_body = {.allow_any_json = true, .body_max = 8u << 20};

static enum db_status ask_list(struct request *request, struct db_result **ret_rows)
{
    return seatmaps_db_list(events_of(request)->pool, ret_rows);
}

static enum db_status render_list(struct request *request, const struct db_result *rows, json_t **ret_body)
{
    json_t *items = json_array();
    for (size_t i = 0; i < db_rows(rows); i++) {
        struct seatmap_record map;
        seatmaps_db_read(request_arena(request), rows, i, &map);
        json_array_append_new(items, json_pack("{s:s, s:s, s:I, s:I, s:s?, s:s}", "id", map.id, "name",
                                               map.name, "version", (json_int_t)map.version, "seatCount",
                                               (json_int_t)map.seat_count, "currency", map.currency,
                                               "createdAt", map.created_at));
    }
    *ret_body = json_pack("{s:o}", "seatmaps", items);
    return DB_OK;
}

static const struct shared_question LIST_QUESTION = {
    .ask = ask_list, .render = render_list, .missing = PROBLEM_SEATMAP_NOT_FOUND};

enum problem seatmap_list(struct request *request, struct response *response)
{
    return shared_read(events_of(request)->reads, &LIST_QUESTION, NULL, request, response);
}

/* The template belongs to `map`: it is only lent to the answer (reference counts are atomic). */
static json_t *seatmap_json(const struct seatmap *map, int64_t version)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:O}", "id", seatmap_id(map), "name", seatmap_name(map), "version",
                     (json_int_t)version, "seatCount", (json_int_t)seatmap_seat_count(map), "template",
                     seatmap_template(map));
}

static enum db_status ask_newest(struct request *request, struct db_result **ret_rows)
{
    return seatmaps_db_newest(events_of(request)->pool, request_param(request, "id"), ret_rows);
}

/* A version never changes: its number is all there is to ask for. */
static enum db_status render_newest(struct request *request, const struct db_result *rows, json_t **ret_body)
{
    struct seatmap_cache *seatmaps = events_of(request)->seatmaps;
    int64_t version = seatmaps_db_read_newest(rows);
    const struct seatmap *map = NULL;
    enum db_status status = seatmap_cache_get(seatmaps, request_param(request, "id"), version, &map);
    if (status == DB_OK) {
        *ret_body = seatmap_json(map, version);
        seatmap_cache_release(seatmaps, map);
    }
    return status;
}

static const struct shared_question NEWEST_QUESTION = {
    .ask = ask_newest, .render = render_newest, .missing = PROBLEM_SEATMAP_NOT_FOUND};

enum problem seatmap_get(struct request *request, struct response *response)
{
    return shared_read(events_of(request)->reads, &NEWEST_QUESTION, NULL, request, response);
}

enum problem seatmap_put(struct request *request, struct response *response)
{
    const char *id = request_param(request, "id");
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    CLEANUP(seatmap_free) struct seatmap *map = seatmap_parse(request_json(request), faults);
    if (map != NULL) {
        seatmap_names_check(request_arena(request), request_json(request), faults);
    }
    const json_t *own_id = json_object_get(request_json(request), "id");
    if (json_is_string(own_id) && strcmp(json_string_value(own_id), id) != 0) {
        fault_add(faults, "id", "must be the id in the path, \"%s\"", id);
    }
    if (fault_count(faults) > 0 || map == NULL) {
        return response_faults(response, faults);
    }
    int64_t version = 0;
    bool first = false;
    enum db_status status =
        seatmaps_db_put(events_of(request)->pool, request_arena(request), map, &version, &first);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SEATMAP_NOT_FOUND);
    }
    return response_json(response, first ? 201 : 200, seatmap_json(map, version));
}
