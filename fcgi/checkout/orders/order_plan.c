/* order_plan.c: places and prices the seats of a hold. */
#include "fcgi/checkout/orders/order_plan.h"
#include "common/identifier.h"

static const char **text_array(struct arena *arena, size_t count)
{
    return arena_alloc(arena, (count + 1) * sizeof(const char *));
}

/* `price`: decimal text of what the hold fixed; NULL: what the show says. */
static void fill_seat(struct arena *arena, const struct seatmap *map, const json_t *price_tiers,
                      const char *price, int64_t place, size_t index, struct order_plan *plan)
{
    const struct seat *seat = seatmap_seat(map, (size_t)place);
    char ticket_id[UUID_SIZE];
    uuid_new(ticket_id);
    plan->seats[index] = arena_text(arena, seat->id);
    plan->zones[index] = arena_text(arena, seat->zone);
    plan->rows[index] = arena_text(arena, seat->row);
    plan->numbers[index] = db_number(arena, seat->number);
    plan->prices[index] =
        price != NULL ? price : db_number(arena, seatmap_price(map, price_tiers, (size_t)seat->zone_index));
    plan->ticket_ids[index] = arena_text(arena, ticket_id);
    plan->places[index] = db_number(arena, place);
    plan->zone_names[index] = arena_text(arena, seatmap_zone_name(map, (size_t)seat->zone_index));
}

enum db_status order_plan_fill(struct seatmap_cache *maps, struct arena *arena,
                               const struct hold_to_pay *hold, struct order_plan *plan)
{
    const struct seatmap *map = NULL;
    enum db_status status = seatmap_cache_get(maps, hold->seatmap_id, hold->seatmap_version, &map);
    if (status != DB_OK) {
        return status == DB_NONE ? DB_FAILED : status;
    }
    json_auto_t *price_tiers = hold->price_tiers == NULL ? NULL : json_loads(hold->price_tiers, 0, NULL);
    plan->count = hold->seats.count;
    plan->currency = hold->currency;
    plan->seats = text_array(arena, plan->count);
    plan->zones = text_array(arena, plan->count);
    plan->rows = text_array(arena, plan->count);
    plan->numbers = text_array(arena, plan->count);
    plan->prices = text_array(arena, plan->count);
    plan->ticket_ids = text_array(arena, plan->count);
    plan->places = text_array(arena, plan->count);
    plan->zone_names = text_array(arena, plan->count);
    for (size_t i = 0; i < plan->count; i++) {
        int64_t found = seatmap_find(map, hold->seats.items[i]);
        if (found < 0) {
            plan->count = 0;
            break;
        }
        fill_seat(arena, map, price_tiers, hold->prices.count > i ? hold->prices.items[i] : NULL, found, i,
                  plan);
    }
    seatmap_cache_release(maps, map);
    return DB_OK;
}
