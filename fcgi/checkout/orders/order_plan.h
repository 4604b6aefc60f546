/* order_plan.h: what an order will be made of: the seats of a hold, placed by the show's seat map and priced.
 */
#ifndef TICKETING_ORDERS_ORDER_PLAN_H
#define TICKETING_ORDERS_ORDER_PLAN_H

#include "common/seatmap_cache.h"
#include "fcgi/checkout/orders/orders_db.h"

/* Fills seats, zones, rows, numbers, prices, ticket ids, places, zone names and currency of `plan` from the
 * hold. The hold's prices count; a hold without (of a release before) costs the show's own prices, else the
 * seat map's. Everything lives in the arena.
 *
 * A seat map only changes when no seat is held or sold, so a hold whose seats are not in it has ended: then
 * the plan is left without seats, and create_order() finds the order that the hold became, or refuses. */
enum db_status order_plan_fill(struct seatmap_cache *maps, struct arena *arena,
                               const struct hold_to_pay *hold, struct order_plan *plan) MUST_CHECK;

#endif
