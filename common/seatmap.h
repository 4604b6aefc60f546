/* seatmap.h: a seat map template (seatmaps/seatmap.schema.json) and its expansion into seats.
 *
 * Template: {id, name, currency?, priceTiers: {zone: price}, zones: [{id, rows: [{id, from, to}]}], format:
 * "ROW_NUM" | "ZONE_ROW_NUM"}. "ROW_NUM": row A, number 1 → "A1"; "ZONE_ROW_NUM": zone VIP → "VIP-A-1". Zones
 * and rows may carry geometry for drawing. */
#ifndef TICKETING_SEATMAP_H
#define TICKETING_SEATMAP_H

#include "common/fault.h"
#include "common/seatmap_limits.h"
#include <jansson.h>
#include <stdint.h>

struct seat {
    const char *id;   /* e.g. "A1", unique in the map */
    const char *zone; /* zone id */
    const char *row;  /* row id */
    int number;
    int zone_index; /* position in the template's zones */
};

struct seatmap; /* opaque; immutable once parsed, so shared between threads */

/* Checks the whole template and adds a fault for everything wrong with it, by JSON path; NULL when there was
 * one. */
struct seatmap *seatmap_parse(const json_t *template, struct fault_list *faults) MUST_CHECK;
void seatmap_free(struct seatmap *map);
DEFINE_CLEANUP(struct seatmap *, seatmap_free)

const char *seatmap_id(const struct seatmap *map);
const char *seatmap_name(const struct seatmap *map);
const char *seatmap_currency(const struct seatmap *map); /* NULL when the template has none */
size_t seatmap_seat_count(const struct seatmap *map);
size_t seatmap_zone_count(const struct seatmap *map);
const char *seatmap_zone_id(const struct seatmap *map, size_t zone_index);
/* What the venue calls the zone: its `name`, or its id when it has none. Borrowed. */
const char *seatmap_zone_name(const struct seatmap *map, size_t zone_index);
/* The template's own price of a zone, minor units. */
int64_t seatmap_zone_price(const struct seatmap *map, size_t zone_index);
/* What a seat of the zone costs in a show: its own price tiers (JSON object zone id → minor units; NULL:
 * none) go before the template's. */
int64_t seatmap_price(const struct seatmap *map, const json_t *price_tiers, size_t zone_index);
/* The seat at `index` in seat map order. */
const struct seat *seatmap_seat(const struct seatmap *map, size_t index);
/* The index of a seat by its id in O(1); -1 when there is none. */
int64_t seatmap_find(const struct seatmap *map, const char *seat_id);
/* The template as given. Borrowed. */
const json_t *seatmap_template(const struct seatmap *map);

#endif
