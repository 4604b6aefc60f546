/* hold_json.c: holds as the API shows them. */
#include "fcgi/holds/hold_json.h"
#include <stdlib.h>
#include <string.h>

json_t *hold_seats_json(const struct text_list *seats)
{
    json_t *array = json_array();
    for (size_t i = 0; i < seats->count; i++) {
        json_array_append_new(array, json_string(seats->items[i]));
    }
    return array;
}

json_t *hold_json(const struct hold *hold)
{
    json_t *json = json_pack("{s:s, s:s, s:o, s:I}", "holdId", hold->id, "showId", hold->show_id, "seats",
                             hold_seats_json(&hold->seats), "expiresAt", (json_int_t)hold->expires_at_ms);
    if (hold->prices.count == 0) {
        return json;
    }
    json_t *prices = json_array();
    json_int_t total = 0;
    for (size_t i = 0; i < hold->prices.count; i++) {
        json_int_t price = strtoll(hold->prices.items[i], NULL, 10);
        json_array_append_new(prices, json_integer(price));
        total += price;
    }
    json_object_set_new(json, "prices", prices);
    json_object_set_new(json, "total", json_integer(total));
    json_object_set_new(json, "currency", json_string(hold->currency));
    return json;
}

const char *hold_json_text(struct arena *arena, const struct hold *hold)
{
    json_auto_t *json = hold_json(hold);
    CLEANUP(free) char *text = json_dumps(json, JSON_COMPACT);
    return arena_text(arena, text == NULL ? "{}" : text);
}

bool hold_stored_refusal(struct arena *arena, const char *text, struct hold_result *ret_result)
{
    json_auto_t *stored = json_loads(text, 0, NULL);
    const char *name = json_string_value(json_object_get(stored, "outcome"));
    enum hold_outcome outcome;
    if (name == NULL || !hold_outcome_from_name(name, &outcome)) {
        return false;
    }
    const json_t *taken = json_object_get(stored, "taken");
    struct text_list seats = {.count = json_array_size(taken)};
    seats.items = arena_alloc(arena, (seats.count + 1) * sizeof(*seats.items));
    for (size_t i = 0; i < seats.count; i++) {
        const char *seat = json_string_value(json_array_get(taken, i));
        seats.items[i] = arena_text(arena, seat == NULL ? "" : seat);
    }
    *ret_result = (struct hold_result){.outcome = outcome, .taken = seats};
    return true;
}
