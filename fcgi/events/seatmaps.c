/* seatmaps.c: the calls about seat map templates. */
#include "fcgi/events/seatmaps.h"
#include "common/response_database.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/events.h"
#include "fcgi/events/seatmaps_db.h"
#include <string.h>

const struct field_spec seatmap_put_body = {.allow_any_json = true, .body_max = 8u << 20};

enum problem seatmap_list(struct request *request, struct response *response)
{
    struct seatmap_list list;
    enum db_status status = seatmaps_db_list(events_of(request)->pool, request_arena(request), &list);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SEATMAP_NOT_FOUND);
    }
    json_t *items = json_array();
    for (size_t i = 0; i < list.count; i++) {
        const struct seatmap_record *map = &list.items[i];
        json_array_append_new(items, json_pack("{s:s, s:s, s:I, s:I, s:s?, s:s}", "id", map->id, "name",
                                               map->name, "version", (json_int_t)map->version, "seatCount",
                                               (json_int_t)map->seat_count, "currency", map->currency,
                                               "createdAt", map->created_at));
    }
    return answer_tagged(response, json_pack("{s:o}", "seatmaps", items));
}

/* The template belongs to `map`: it is only lent to the answer (reference counts are atomic). */
static json_t *seatmap_json(const struct seatmap *map, int64_t version)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:O}", "id", seatmap_id(map), "name", seatmap_name(map), "version",
                     (json_int_t)version, "seatCount", (json_int_t)seatmap_seat_count(map), "template",
                     seatmap_template(map));
}

enum problem seatmap_get(struct request *request, struct response *response)
{
    const struct events *events = events_of(request);
    const char *id = request_param(request, "id");
    int64_t version = 0;
    enum db_status status = seatmaps_db_newest(events->pool, id, &version);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SEATMAP_NOT_FOUND);
    }
    response_etag(response, "%s-%lld", id, (long long)version);
    if (response_not_modified(response)) {
        return response_empty(response, 304);
    }
    const struct seatmap *map = NULL;
    status = seatmap_cache_get(events->seatmaps, id, version, &map);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_SEATMAP_NOT_FOUND);
    }
    enum problem problem = response_json(response, 200, seatmap_json(map, version));
    seatmap_cache_release(events->seatmaps, map);
    return problem;
}

enum problem seatmap_put(struct request *request, struct response *response)
{
    const char *id = request_param(request, "id");
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    CLEANUP(seatmap_free) struct seatmap *map = seatmap_parse(request_json(request), faults);
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
