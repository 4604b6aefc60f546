/* checkout.h: the responder that turns holds into orders, orders into tickets and tickets into entries. */
#ifndef TICKETING_CHECKOUT_H
#define TICKETING_CHECKOUT_H

#include "common/config.h"
#include "common/db.h"
#include "common/router.h"
#include "common/seatmap_cache.h"

struct export_places;
struct order_view;
struct payment_call;
struct payment_provider;
struct relay;
struct ticket_keys;
struct ticket_press;

/* What handlers and tasks share; read-only but for its members' own state. */
struct checkout {
    struct db_pool *pool;
    struct seatmap_cache *maps;
    const struct payment_provider *provider; /* PAYMENT_PROVIDER */
    struct payment_call *payment_call;       /* how many requests may wait for it */
    const struct order_view *order_view;     /* how orders are shown */
    struct ticket_keys *ticket_keys;         /* sign tickets */
    struct ticket_press *press;              /* draws them */
    struct relay *relay;                     /* carries events to receivers */
    struct export_places *exports;           /* how many run */
    struct metrics *metrics;
    const struct config *config;
};

/* limit and cursor of the lists. */
struct page_values {
    int64_t limit;
    const char *cursor;
};

extern const struct route_table checkout_routes; /* checkout_create.c */

extern const struct field_spec page_query; /* struct page_values */

#endif
