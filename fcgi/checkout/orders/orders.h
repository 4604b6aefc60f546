/* orders.h: the room of orders: list, read and cancel them; the unpaid ones expire. */
#ifndef TICKETING_ORDERS_H
#define TICKETING_ORDERS_H

#include "common/router.h"

extern const struct route_table orders_routes;

/* A background task: gives the seats of unpaid orders back. `context` is a struct checkout. */
void order_expiry_run(void *context);

/* A background task: notes down who has bought, so that orders are found by their buyers. `context` as above.
 */
void buyers_note_run(void *context);

#endif
