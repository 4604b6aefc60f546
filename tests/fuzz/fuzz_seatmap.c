/* fuzz_seatmap.c: any JSON text as a seat map template, and any text as an array literal.
 *
 * Beyond "no crash": a template without faults expands to seats that are all found again under their ids. */
#include "common/db.h"
#include "common/seatmap.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_template(const char *text, size_t length)
{
    json_auto_t *template = json_loadb(text, length, JSON_DECODE_ANY, NULL);
    if (template == NULL) {
        return;
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    CLEANUP(seatmap_free) struct seatmap *map = seatmap_parse(template, faults);
    assert((map == NULL) == (fault_count(faults) > 0));
    json_auto_t *list = fault_list_json(faults);
    assert(list != NULL);
    if (map == NULL) {
        return;
    }
    const size_t count = seatmap_seat_count(map);
    assert(count >= 1 && count <= SEATMAP_SEATS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct seat *seat = seatmap_seat(map, i);
        assert(strlen(seat->id) <= SEAT_ID_MAX && seatmap_find(map, seat->id) == (int64_t)i);
        assert(strcmp(seatmap_zone_id(map, (size_t)seat->zone_index), seat->zone) == 0);
    }
}

static void try_array(struct arena *arena, const char *text)
{
    size_t count = 0;
    const char **items = db_array_items(arena, text, &count);
    for (size_t i = 0; items != NULL && i < count; i++) {
        if (items[i] == NULL) {
            return;
        }
    }
    size_t again = 0;
    if (items != NULL) {
        const char **read = db_array_items(arena, db_array(arena, count, items), &again);
        assert(read != NULL && again == count);
        for (size_t i = 0; i < count; i++) {
            assert(strcmp(items[i], read[i]) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    char *text = arena_alloc(arena, size + 1);
    if (size > 0) {
        memcpy(text, data, size);
    }
    try_template(text, size);
    try_array(arena, text);
    return 0;
}
