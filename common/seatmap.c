/* seatmap.c: expands a template that has been checked, and finds seats in it. */
#include "common/seatmap.h"

#include "common/memory.h"
#include "common/seatmap_check.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

struct seatmap {
    json_t *template; /* our reference; ids, names and the texts of zones and rows are its */
    const char *id;
    const char *name;
    const char *currency;
    size_t zone_count;
    const char **zone_ids;
    const char **zone_names;
    int64_t *zone_prices;
    size_t seat_count;
    struct seat *seats;
    char *seat_ids;      /* all ids, one after the other */
    uint32_t *index;     /* hash table over ids: seat index + 1, 0 is free; open addressing */
    size_t index_length; /* a power of two, at least twice the seats */
};

static size_t decimal_length(int number)
{
    size_t length = 1;
    while (number >= 10) {
        number /= 10;
        length++;
    }
    return length;
}

/* An upper bound of the bytes that the ids of a row's seats take. */
static size_t ids_size(const struct seat_plan *plan, const struct seat_row *row)
{
    const size_t prefix = strlen(row->row) + (plan->zone_in_id ? strlen(row->zone) + strlen("--") : 0);
    return (size_t)(row->to - row->from + 1) * (prefix + decimal_length(row->to) + 1);
}

static size_t hash_id(const char *id)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a, 64 bits */
    for (const unsigned char *byte = (const unsigned char *)id; *byte != '\0'; byte++) {
        hash = (hash ^ *byte) * 1099511628211u;
    }
    return (size_t)(hash ^ (hash >> 32));
}

/* The slot of `id`: the one that names its seat, or the free one where it belongs. */
static size_t find_slot(const struct seatmap *map, const char *id)
{
    size_t slot = hash_id(id) & (map->index_length - 1);
    while (map->index[slot] != 0 && strcmp(map->seats[map->index[slot] - 1].id, id) != 0) {
        slot = (slot + 1) & (map->index_length - 1);
    }
    return slot;
}

/* Writes a seat's id with its NUL; returns what follows. */
static char *write_id(char *out, bool zone_in_id, const struct seat_row *row, int number)
{
    if (zone_in_id) {
        out = stpcpy(out, row->zone);
        *out++ = '-';
    }
    out = stpcpy(out, row->row);
    if (zone_in_id) {
        *out++ = '-';
    }
    char digits[16];
    snprintf(digits, sizeof digits, "%d", number);
    out = stpcpy(out, digits);
    *out++ = '\0';
    return out;
}

static void add_repeated_seat(const struct seat_row *row, const char *id, struct fault_list *faults)
{
    char path[FAULT_PATH_SIZE];
    snprintf(path, sizeof path, "zones[%d].rows[%d]", row->zone_index, row->row_index);
    fault_add(faults, path, "seat %s exists already", id);
}

/* Adds the seats of one row; one fault for the first that exists already. Returns the end of its ids. */
static char *expand_row(struct seatmap *map, bool zone_in_id, const struct seat_row *row, char *ids,
                        struct fault_list *faults)
{
    bool repeated = false;
    for (int number = row->from; number <= row->to; number++) {
        char *id = ids;
        ids = write_id(ids, zone_in_id, row, number);
        const size_t slot = find_slot(map, id);
        if (map->index[slot] != 0) {
            if (!repeated) {
                add_repeated_seat(row, id, faults);
            }
            repeated = true;
            continue;
        }
        map->seats[map->seat_count] = (struct seat){
            .id = id, .zone = row->zone, .row = row->row, .number = number, .zone_index = row->zone_index};
        map->index[slot] = (uint32_t)++map->seat_count;
    }
    return ids;
}

/* Expands all rows of the plan, so that seats which exist twice are found even in a template with other
 * faults. */
static void expand(struct seatmap *map, const struct seat_plan *plan, struct fault_list *faults)
{
    size_t id_bytes = 1;
    for (size_t i = 0; i < plan->row_count; i++) {
        id_bytes += ids_size(plan, &plan->rows[i]);
    }
    map->index_length = 16;
    while (map->index_length < plan->seat_count * 2) {
        map->index_length *= 2;
    }
    map->index = memory_new(map->index_length, sizeof *map->index);
    map->seats = memory_new(plan->seat_count + 1, sizeof *map->seats);
    map->seat_ids = memory_new(id_bytes, 1);
    char *ids = map->seat_ids;
    for (size_t i = 0; i < plan->row_count; i++) {
        ids = expand_row(map, plan->zone_in_id, &plan->rows[i], ids, faults);
    }
}

/* Takes over what a faultless template says about itself and its zones. */
static void describe(struct seatmap *map, const json_t *template)
{
    map->template = json_incref((json_t *)template);
    map->id = json_string_value(json_object_get(template, "id"));
    map->name = json_string_value(json_object_get(template, "name"));
    map->currency = json_string_value(json_object_get(template, "currency"));
    const json_t *zones = json_object_get(template, "zones");
    const json_t *prices = json_object_get(template, "priceTiers");
    map->zone_count = json_array_size(zones);
    map->zone_ids = memory_new(map->zone_count, sizeof *map->zone_ids);
    map->zone_names = memory_new(map->zone_count, sizeof *map->zone_names);
    map->zone_prices = memory_new(map->zone_count, sizeof *map->zone_prices);
    for (size_t i = 0; i < map->zone_count; i++) {
        const json_t *zone = json_array_get(zones, i);
        const char *name = json_string_value(json_object_get(zone, "name"));
        map->zone_ids[i] = json_string_value(json_object_get(zone, "id"));
        map->zone_names[i] = name == NULL || *name == '\0' ? map->zone_ids[i] : name;
        map->zone_prices[i] = json_integer_value(json_object_get(prices, map->zone_ids[i]));
    }
}

struct seatmap *seatmap_parse(const json_t *template, struct fault_list *faults)
{
    const size_t faults_before = fault_count(faults);
    struct seat_plan plan;
    seatmap_check(template, faults, &plan);
    struct seatmap *map = memory_new(1, sizeof *map);
    if (plan.format_known && plan.seat_count <= SEATMAP_SEATS_MAX) {
        expand(map, &plan, faults);
    }
    free(plan.rows);
    if (fault_count(faults) > faults_before) {
        seatmap_free(map);
        return NULL;
    }
    describe(map, template);
    return map;
}

void seatmap_free(struct seatmap *map)
{
    if (map == NULL) {
        return;
    }
    json_decref(map->template);
    free(map->zone_ids);
    free(map->zone_names);
    free(map->zone_prices);
    free(map->seats);
    free(map->seat_ids);
    free(map->index);
    free(map);
}

const char *seatmap_id(const struct seatmap *map)
{
    return map->id;
}

const char *seatmap_name(const struct seatmap *map)
{
    return map->name;
}

const char *seatmap_currency(const struct seatmap *map)
{
    return map->currency;
}

size_t seatmap_seat_count(const struct seatmap *map)
{
    return map->seat_count;
}

size_t seatmap_zone_count(const struct seatmap *map)
{
    return map->zone_count;
}

const char *seatmap_zone_id(const struct seatmap *map, size_t zone_index)
{
    assert(zone_index < map->zone_count);
    return map->zone_ids[zone_index];
}

const char *seatmap_zone_name(const struct seatmap *map, size_t zone_index)
{
    assert(zone_index < map->zone_count);
    return map->zone_names[zone_index];
}

int64_t seatmap_zone_price(const struct seatmap *map, size_t zone_index)
{
    assert(zone_index < map->zone_count);
    return map->zone_prices[zone_index];
}

int64_t seatmap_price(const struct seatmap *map, const json_t *price_tiers, size_t zone_index)
{
    const json_t *price = json_object_get(price_tiers, seatmap_zone_id(map, zone_index));
    return json_is_integer(price) ? (int64_t)json_integer_value(price) : map->zone_prices[zone_index];
}

const struct seat *seatmap_seat(const struct seatmap *map, size_t index)
{
    assert(index < map->seat_count);
    return &map->seats[index];
}

int64_t seatmap_find(const struct seatmap *map, const char *seat_id)
{
    return (int64_t)map->index[find_slot(map, seat_id)] - 1;
}

const json_t *seatmap_template(const struct seatmap *map)
{
    return map->template;
}
