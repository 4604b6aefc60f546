/* seatmap_check.c: walks through a template and notes each fault at its place. */
#include "common/seatmap_check.h"

#include "common/memory.h"
#include "common/seatmap_member.h"
#include <stdio.h>
#include <string.h>

enum { ZONE_ID_MAX = 32, ROW_ID_MAX = 24, MAP_ID_MAX = 64, NAME_MAX_CHARACTERS = 200, ZONE_NAME_MAX = 100 };
_Static_assert(ZONE_ID_MAX + ROW_ID_MAX + sizeof "--99999" - 1 <= SEAT_ID_MAX, "every seat id fits");

static bool zone_exists(const json_t *zones, const char *id)
{
    for (size_t i = 0; i < json_array_size(zones); i++) {
        const char *zone_id = json_string_value(json_object_get(json_array_get(zones, i), "id"));
        if (zone_id != NULL && strcmp(zone_id, id) == 0) {
            return true;
        }
    }
    return false;
}

/* Each price, and each zone without one. `zones` is NULL when they are unusable: then no price is called
 * superfluous. */
static void check_prices(const json_t *template, const json_t *zones, struct fault_list *faults)
{
    const json_t *tiers = json_object_get(template, "priceTiers");
    if (!json_is_object(tiers)) {
        fault_add(faults, "priceTiers",
                  tiers == NULL ? "is required" : "must be an object of zone ids and prices");
        return;
    }
    char path[MEMBER_PATH_SIZE];
    if (json_object_size(tiers) > SEATMAP_ZONES_MAX) {
        fault_add(faults, "priceTiers", "must have at most %d prices", SEATMAP_ZONES_MAX);
        return;
    }
    const char *zone = NULL;
    json_t *price = NULL;
    json_object_foreach((json_t *)tiers, zone, price)
    {
        int64_t ignored = 0;
        (void)member_integer(tiers, "priceTiers", zone, 0, SEATMAP_PRICE_MAX, faults, &ignored);
        if (zones != NULL && !zone_exists(zones, zone)) {
            member_path("priceTiers", zone, path);
            fault_add(faults, path, "there is no zone of this id");
        }
    }
    for (size_t i = 0; i < json_array_size(zones); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(zones, i), "id"));
        if (id != NULL && json_object_get(tiers, id) == NULL) {
            member_path("priceTiers", id, path);
            fault_add(faults, path, "the price of this zone is missing");
        }
    }
}

/* True when a zone before `index` has the same id. */
static bool zone_repeats(const json_t *zones, size_t index, const char *id)
{
    for (size_t i = 0; i < index; i++) {
        const char *other = json_string_value(json_object_get(json_array_get(zones, i), "id"));
        if (other != NULL && strcmp(other, id) == 0) {
            return true;
        }
    }
    return false;
}

/* Checks one row and plans it when it is sound and its zone has an id. */
static void check_row(const json_t *row, const char *path, struct seat_row planned, struct fault_list *faults,
                      struct seat_plan *plan)
{
    static const char *const known[] = {"id", "from", "to", "position", "rotation", "curve", NULL};
    if (!json_is_object(row)) {
        fault_add(faults, path, "must be an object");
        return;
    }
    member_reject_unknown(row, path, known, faults);
    member_placement(row, path, faults);
    planned.row = member_slug(row, path, "id", ROW_ID_MAX, faults);
    int64_t from = 0;
    int64_t to = 0;
    const bool from_sound = member_integer(row, path, "from", 1, SEAT_NUMBER_MAX, faults, &from);
    const bool to_sound = member_integer(row, path, "to", 1, SEAT_NUMBER_MAX, faults, &to);
    if (!from_sound || !to_sound) {
        return;
    }
    if (to < from) {
        char to_path[MEMBER_PATH_SIZE];
        member_path(path, "to", to_path);
        fault_add(faults, to_path, "must not be less than from");
        return;
    }
    plan->seat_count += (size_t)(to - from + 1);
    if (planned.row != NULL && planned.zone != NULL) {
        planned.from = (int)from;
        planned.to = (int)to;
        plan->rows[plan->row_count++] = planned;
    }
}

static void check_zone(const json_t *zones, size_t index, struct fault_list *faults, struct seat_plan *plan)
{
    static const char *const known[] = {"id", "name", "rows", "position", "rotation", "curve", NULL};
    char path[FAULT_PATH_SIZE];
    snprintf(path, sizeof path, "zones[%zu]", index);
    const json_t *zone = json_array_get(zones, index);
    if (!json_is_object(zone)) {
        fault_add(faults, path, "must be an object");
        return;
    }
    member_reject_unknown(zone, path, known, faults);
    member_placement(zone, path, faults);
    (void)member_text(zone, path, "name", ZONE_NAME_MAX, false, faults);
    const char *id = member_slug(zone, path, "id", ZONE_ID_MAX, faults);
    if (id != NULL && zone_repeats(zones, index, id)) {
        char id_path[MEMBER_PATH_SIZE];
        member_path(path, "id", id_path);
        fault_add(faults, id_path, "another zone has this id");
        id = NULL;
    }
    const json_t *rows = member_array(zone, path, "rows", SEATMAP_ROWS_MAX, faults);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        snprintf(path, sizeof path, "zones[%zu].rows[%zu]", index, i);
        const struct seat_row planned = {.zone = id, .zone_index = (int)index, .row_index = (int)i};
        check_row(json_array_get(rows, i), path, planned, faults, plan);
    }
}

static size_t count_rows(const json_t *zones)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(zones); i++) {
        count += json_array_size(json_object_get(json_array_get(zones, i), "rows"));
    }
    return count;
}

static void check_format(const json_t *template, struct fault_list *faults, struct seat_plan *plan)
{
    const json_t *format = json_object_get(template, "format");
    const char *text = json_string_value(format);
    plan->zone_in_id = text != NULL && strcmp(text, "ZONE_ROW_NUM") == 0;
    plan->format_known = plan->zone_in_id || (text != NULL && strcmp(text, "ROW_NUM") == 0);
    if (!plan->format_known) {
        fault_add(faults, "format", format == NULL ? "is required" : "must be ROW_NUM or ZONE_ROW_NUM");
    }
}

static void check_currency(const json_t *template, struct fault_list *faults)
{
    const json_t *currency = json_object_get(template, "currency");
    const char *text = json_string_value(currency);
    if (currency != NULL && (text == NULL || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3 ||
                             json_string_length(currency) != 3)) {
        fault_add(faults, "currency", "must be three capital letters (ISO 4217)");
    }
}

static void check_zones(const json_t *zones, struct fault_list *faults, struct seat_plan *plan)
{
    const size_t row_count = count_rows(zones);
    if (row_count > SEATMAP_ROWS_MAX) {
        fault_add(faults, "zones", "must have at most %d rows together, not %zu", SEATMAP_ROWS_MAX,
                  row_count);
        return;
    }
    plan->rows = memory_new(row_count + 1, sizeof *plan->rows);
    for (size_t i = 0; i < json_array_size(zones); i++) {
        check_zone(zones, i, faults, plan);
    }
    if (plan->seat_count > SEATMAP_SEATS_MAX) {
        fault_add(faults, "zones", "must have at most %d seats together, not %zu", SEATMAP_SEATS_MAX,
                  plan->seat_count);
    }
}

void seatmap_check(const json_t *template, struct fault_list *faults, struct seat_plan *ret_plan)
{
    static const char *const known[] = {"id",     "name",  "currency", "priceTiers", "zones",
                                        "format", "stage", "pitch",    NULL};
    *ret_plan = (struct seat_plan){0};
    if (!json_is_object(template)) {
        fault_add(faults, "$", "must be an object");
        return;
    }
    member_reject_unknown(template, "", known, faults);
    (void)member_slug(template, "", "id", MAP_ID_MAX, faults);
    (void)member_text(template, "", "name", NAME_MAX_CHARACTERS, true, faults);
    check_currency(template, faults);
    check_format(template, faults, ret_plan);
    member_field(template, "stage", faults);
    member_field(template, "pitch", faults);
    const json_t *zones = member_array(template, "", "zones", SEATMAP_ZONES_MAX, faults);
    check_prices(template, zones, faults);
    if (zones != NULL) {
        check_zones(zones, faults, ret_plan);
    }
}
