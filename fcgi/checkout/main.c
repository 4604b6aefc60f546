/* ticketing-checkout: orders, payments, tickets and check-in. */
#include "checkout.h"
#include "common/outgoing.h"
#include "common/server.h"
#include "payment_call.h"
#include "payment_provider.h"
#include "relay.h"
#include "ticket_files.h"
#include "ticket_pdf.h"
#include "webhook_endpoints.h"
#include <stdlib.h>

enum {
    EXPIRY_INTERVAL_MS = 1000,
    PAYMENT_INTERVAL_MS = 500,
    RELAY_INTERVAL_MS = 200,
    PRESS_PLACES = 2, /* threads that draw tickets at once; each takes a few MB meanwhile */
};

static const struct route routes[] = {
    {HTTP_POST, "/checkout", AUTH_USER, &checkout_body, NULL, checkout_create},
    {HTTP_GET, "/orders", AUTH_USER, NULL, &page_query, order_list},
    {HTTP_GET, "/orders/:id", AUTH_USER, NULL, NULL, order_read},
    {HTTP_POST, "/orders/:id/cancel", AUTH_USER, NULL, NULL, order_cancel},
    {HTTP_GET, "/orders/:id/tickets.pdf", AUTH_USER, NULL, &order_pdf_query, order_file_pdf},
    {HTTP_POST, "/orders/:id/refund", AUTH_ADMIN, &refund_body, NULL, order_refund},
    {HTTP_POST, "/orders/:id/mark-paid", AUTH_ADMIN, &mark_paid_body, NULL, order_mark_paid},
    {HTTP_GET, "/payments/events", AUTH_ADMIN, NULL, &payment_events_query, payment_event_list},
    {HTTP_GET, "/payments/stripe/:id", AUTH_NONE, NULL, NULL, payment_redirect},
    {HTTP_GET, "/payments/test/:id", AUTH_NONE, NULL, NULL, payment_test_page},
    {HTTP_POST, "/payments/test/:id", AUTH_NONE, NULL, NULL, payment_test_settle},
    {HTTP_POST, "/webhooks/payments/*provider", AUTH_NONE, NULL, NULL, payment_webhook},
    {HTTP_POST, "/webhooks/endpoints", AUTH_ADMIN, &webhook_endpoint_body, NULL, webhook_endpoint_create},
    {HTTP_GET, "/webhooks/endpoints", AUTH_ADMIN, NULL, NULL, webhook_endpoint_list},
    {HTTP_GET, "/webhooks/endpoints/:id", AUTH_ADMIN, NULL, NULL, webhook_endpoint_read},
    {HTTP_DELETE, "/webhooks/endpoints/:id", AUTH_ADMIN, NULL, NULL, webhook_endpoint_delete},
    {HTTP_POST, "/webhooks/endpoints/:id/replay", AUTH_ADMIN, &webhook_replay_body, NULL,
     webhook_endpoint_replay},
    {HTTP_GET, "/events-log", AUTH_ADMIN, NULL, &events_log_query, events_log_list},
    {HTTP_GET, "/tickets", AUTH_USER, NULL, &page_query, ticket_list},
    {HTTP_GET, "/tickets/keys", AUTH_NONE, NULL, NULL, ticket_key_list},
    {HTTP_GET, "/tickets/:id", AUTH_USER, NULL, NULL, ticket_read},
    {HTTP_GET, "/tickets/:id/qr.svg", AUTH_USER, NULL, NULL, ticket_file_svg},
    {HTTP_GET, "/tickets/:id/qr.png", AUTH_USER, NULL, NULL, ticket_file_png},
    {HTTP_GET, "/tickets/:id/ticket.pdf", AUTH_USER, NULL, NULL, ticket_file_pdf},
    {HTTP_GET, "/tickets/:id/event.ics", AUTH_USER, NULL, NULL, ticket_file_calendar},
    {HTTP_POST, "/tickets/:id/checkin", AUTH_STAFF, &checkin_body, NULL, ticket_checkin},
    {HTTP_DELETE, "/tickets/:id/checkin", AUTH_ADMIN, NULL, NULL, ticket_checkin_undo},
    {HTTP_POST, "/tickets/:id/transfer", AUTH_USER, &transfer_body, NULL, transfer_create},
    {HTTP_DELETE, "/tickets/:id/transfer", AUTH_USER, NULL, NULL, transfer_take_back},
    {HTTP_POST, "/tickets/claim", AUTH_USER, &transfer_claim_body, NULL, transfer_claim},
    {HTTP_POST, "/checkins", AUTH_STAFF, &checkin_scan_body, NULL, checkin_create},
    {HTTP_POST, "/checkins/batch", AUTH_STAFF, &checkin_batch_body, NULL, checkin_batch},
    {HTTP_GET, "/shows/:id/checkins", AUTH_STAFF, NULL, NULL, checkin_totals},
    {HTTP_GET, "/shows/:id/gate-pack", AUTH_STAFF, NULL, &gate_pack_query, gate_pack},
};

static bool ready(void *context)
{
    const struct checkout *checkout = context;
    return db_ready(checkout->pool);
}

static int serve(struct checkout *checkout, const struct token_keys *keys)
{
    const struct background_task tasks[] = {
        {"order_expiry", order_expiry_run, EXPIRY_INTERVAL_MS},
        {"payment_reconcile", payment_reconcile_run, PAYMENT_INTERVAL_MS},
        {"refund_send", refund_send_run, PAYMENT_INTERVAL_MS},
        {"outbox_dispatch", relay_dispatch_run, RELAY_INTERVAL_MS},
        {"outbox_delivery", relay_deliver_run, RELAY_INTERVAL_MS},
    };
    const struct server server = {
        .name = "checkout",
        .routes = routes,
        .route_count = ARRAY_LENGTH(routes),
        .context = checkout,
        .keys = keys,
        .metrics = checkout->metrics,
        .listen_fd = 0, /* FCGI_LISTENSOCK_FILENO: spawn-fcgi hands the socket over as standard input */
        .threads = (int)checkout->config->threads,
        .ready = ready,
        .tasks = tasks,
        .task_count = ARRAY_LENGTH(tasks),
    };
    return server_run(&server);
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
    if (!config_load(CONFIG_CHECKOUT, &config, stderr)) {
        return EXIT_FAILURE;
    }
    if (config_only_checked(argc, argv)) {
        return EXIT_SUCCESS;
    }
    log_open("checkout", config.log_level);
    if (!outgoing_init()) {
        log_message(LOG_LEVEL_ERROR, "server.start", "libcurl cannot start");
        return EXIT_FAILURE;
    }
    struct ticket_keys *ticket_keys = ticket_keys_open(config.ticket_keys_file);
    if (ticket_keys == NULL) {
        return EXIT_FAILURE;
    }
    struct metrics *metrics = metrics_new("checkout", ARRAY_LENGTH(routes));
    struct token_keys *keys = token_keys_new(config.jwt_secret);
    struct db_pool *pool = db_pool_new(&(struct db_options){
        .url = config.database_url,
        .application_name = "ticketing-checkout",
        .connections = (int)config.database_pool,
        .wait_ms = (int)config.database_wait_ms,
        .statement_timeout_ms = (int)config.database_statement_timeout_ms,
        .pooled = config.database_pooled,
        .metrics = metrics,
    });
    struct checkout checkout = {
        .pool = pool,
        .maps = seatmap_cache_new(pool, (size_t)config.seatmap_cache),
        .provider = payment_provider_find(config.payment_provider),
        .payment_call = payment_call_new(outgoing_calls(&config)),
        .ticket_keys = ticket_keys,
        .press = ticket_press_new(PRESS_PLACES),
        .relay = relay_new(),
        .metrics = metrics,
        .config = &config,
    };
    int exit_code = serve(&checkout, keys);
    relay_free(checkout.relay);
    ticket_press_free(checkout.press);
    ticket_keys_free(ticket_keys);
    payment_call_free(checkout.payment_call);
    seatmap_cache_free(checkout.maps);
    db_pool_free(pool);
    token_keys_free(keys);
    metrics_free(metrics);
    return exit_code;
}
