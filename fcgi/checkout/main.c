/* ticketing-checkout: orders, payments, tickets and check-in. */
#include "common/database.h"
#include "common/outgoing.h"
#include "common/server.h"
#include "common/session_standing.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/gates/gates.h"
#include "fcgi/checkout/orders/order_json.h"
#include "fcgi/checkout/orders/orders.h"
#include "fcgi/checkout/outbox/outbox.h"
#include "fcgi/checkout/outbox/relay.h"
#include "fcgi/checkout/paper/pdf.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/provider.h"
#include "fcgi/checkout/payments/slots.h"
#include "fcgi/checkout/reports/export.h"
#include "fcgi/checkout/reports/reports.h"
#include "fcgi/checkout/tickets/ticket_code.h"
#include "fcgi/checkout/tickets/tickets.h"
#include <stdlib.h>

enum {
    EXPIRY_INTERVAL_MS = 1000,
    PAYMENT_INTERVAL_MS = 500,
    RELAY_INTERVAL_MS = 200,
    REPORT_INTERVAL_MS = 20000,
    PRESS_PLACES_MAX = 2, /* threads that draw tickets at once; each takes a few MB meanwhile */
};

/* One a room; checkout_create.c has the only call that knows both orders and payments. */
static const struct route_table *const rooms[] = {&checkout_routes, &orders_routes, &payments_routes,
                                                  &tickets_routes,  &gates_routes,  &outbox_routes,
                                                  &reports_routes};

static bool ready(void *context)
{
    const struct checkout *checkout = context;
    return db_ready(checkout->pool);
}

static enum problem standing(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    return session_standing(checkout->pool, request, response);
}

static int serve(struct checkout *checkout, const struct token_keys *keys)
{
    const struct background_task tasks[] = {
        {"order_expiry", order_expiry_run, EXPIRY_INTERVAL_MS},
        {"payment_reconcile", payment_reconcile_run, PAYMENT_INTERVAL_MS},
        {"refund_send", refund_send_run, PAYMENT_INTERVAL_MS},
        {"outbox_dispatch", relay_dispatch_run, RELAY_INTERVAL_MS},
        {"outbox_delivery", relay_deliver_run, RELAY_INTERVAL_MS},
        {"sales_sum", sales_sum_run, REPORT_INTERVAL_MS},
        {"buyers_note", buyers_note_run, REPORT_INTERVAL_MS},
    };
    CLEANUP(buyer_limit_free) struct buyer_limit *limit = buyer_limit_new(checkout->config->buyer_rate);
    CLEANUP(disk_watch_free) struct disk_watch *disk = database_disk(checkout->config);
    const struct responder responder = {
        .name = "checkout",
        .tables = rooms,
        .table_count = ARRAY_LENGTH(rooms),
        .context = checkout,
        .keys = keys,
        .limit = limit,
        .metrics = checkout->metrics,
        .listen_fd = 0, /* FCGI_LISTENSOCK_FILENO: spawn-fcgi hands the socket over as standard input */
        .threads = (int)checkout->config->threads,
        .standing = standing,
        .ready = ready,
        .disk = disk,
        .tasks = tasks,
        .task_count = ARRAY_LENGTH(tasks),
    };
    return server_run(&responder);
}

/* At most half of the threads draw tickets or wait for a place to draw, and a quarter waits: a flood of
 * tickets to draw leaves the other threads to buyers. A single thread has to draw, too. */
static struct ticket_press *open_press(const struct config *config)
{
    int half = (int)config->threads / 2;
    int places = half < 1 ? 1 : half < PRESS_PLACES_MAX ? half : PRESS_PLACES_MAX;
    int quarter = (int)config->threads / 4;
    int rest = half > places ? half - places : 0;
    return ticket_press_new(places, quarter < rest ? quarter : rest);
}

/* Each outgoing call of the test provider keeps a thread waiting for a webhook, which the other half of the
 * threads serves. */
static int outgoing_calls(const struct config *config)
{
    return config->threads >= 4 ? (int)config->threads / 2 : 1;
}

int main(int argc, char **argv)
{
    struct config config;
    int exit_code = EXIT_FAILURE;
    if (!config_start(argc, argv, CONFIG_CHECKOUT, &config, &exit_code)) {
        return exit_code;
    }
    log_open("checkout", config.log_level);
    CLEANUP(token_keys_free)
    struct token_keys *keys = token_keys_open(config.jwt_secret, config.jwt_public_key, NULL);
    if (keys == NULL) {
        return EXIT_FAILURE;
    }
    if (!outgoing_init()) {
        log_message(LOG_LEVEL_ERROR, "server.start", "libcurl cannot start");
        return EXIT_FAILURE;
    }
    struct ticket_keys *ticket_keys = ticket_keys_open(config.ticket_keys_file);
    if (ticket_keys == NULL) {
        return EXIT_FAILURE;
    }
    struct metrics *metrics = metrics_new("checkout", route_count(rooms, ARRAY_LENGTH(rooms)));
    struct db_pool *pool = database_pool(&config, "ticketing-checkout", false, metrics);
    const struct order_view order_view = {config.public_url, payment_page_url};
    struct checkout checkout = {
        .pool = pool,
        .maps = seatmap_cache_new(pool, (size_t)config.seatmap_cache),
        .provider = payment_provider_find(config.payment_provider),
        .payment_call = payment_call_new(outgoing_calls(&config)),
        .order_view = &order_view,
        .ticket_keys = ticket_keys,
        .press = open_press(&config),
        .relay = relay_new(),
        .exports = export_places_new(),
        .metrics = metrics,
        .config = &config,
    };
    exit_code = serve(&checkout, keys);
    export_places_free(checkout.exports);
    relay_free(checkout.relay);
    ticket_press_free(checkout.press);
    ticket_keys_free(ticket_keys);
    payment_call_free(checkout.payment_call);
    seatmap_cache_free(checkout.maps);
    db_pool_free(pool);
    metrics_free(metrics);
    return exit_code;
}
