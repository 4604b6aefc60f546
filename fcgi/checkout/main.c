/* ticketing-checkout: orders, payments, tickets and check-in. */
#include "checkout.h"
#include "common/page.h"
#include "common/server.h"
#include "payment_call.h"
#include <stdlib.h>

enum { EXPIRY_INTERVAL_MS = 1000 };

static const struct field checkout_fields[] = {
    {.name = "holdId",
     .type = FIELD_UUID,
     .required = true,
     .offset = offsetof(struct checkout_body, hold_id)},
};
static const struct field checkin_fields[] = {
    {.name = "gate", .type = FIELD_TEXT, .min = 1, .max = 64, .offset = offsetof(struct checkin_body, gate)},
    {.name = "showId", .type = FIELD_UUID, .offset = offsetof(struct checkin_body, show_id)},
};
static const struct field page_fields[] = {PAGE_FIELDS(struct page_query)};

static const struct field_spec checkout_spec = FIELD_SPEC(struct checkout_body, checkout_fields);
static const struct field_spec checkin_spec = {
    .fields = checkin_fields,
    .count = ARRAY_LENGTH(checkin_fields),
    .size = sizeof(struct checkin_body),
    .body_optional = true,
};
static const struct field_spec page_spec = FIELD_SPEC(struct page_query, page_fields);

static const struct route routes[] = {
    {HTTP_POST, "/checkout", AUTH_USER, &checkout_spec, NULL, checkout_create},
    {HTTP_GET, "/orders", AUTH_USER, NULL, &page_spec, order_list},
    {HTTP_GET, "/orders/:id", AUTH_USER, NULL, NULL, order_read},
    {HTTP_POST, "/orders/:id/cancel", AUTH_USER, NULL, NULL, order_cancel},
    {HTTP_GET, "/payments/test/:id", AUTH_NONE, NULL, NULL, payment_test_page},
    {HTTP_POST, "/payments/test/:id", AUTH_NONE, NULL, NULL, payment_test_settle},
    {HTTP_POST, "/webhooks/payments/*provider", AUTH_NONE, NULL, NULL, payment_webhook},
    {HTTP_GET, "/tickets", AUTH_USER, NULL, &page_spec, ticket_list},
    {HTTP_GET, "/tickets/:id", AUTH_USER, NULL, NULL, ticket_read},
    {HTTP_POST, "/tickets/:id/checkin", AUTH_STAFF, &checkin_spec, NULL, ticket_checkin},
};

static bool ready(void *context)
{
    const struct checkout *checkout = context;
    return db_ready(checkout->pool);
}

static int serve(struct checkout *checkout, const struct token_keys *keys)
{
    const struct background_task tasks[] = {{"order_expiry", order_expiry_run, EXPIRY_INTERVAL_MS}};
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

/* Each outgoing call of the test provider keeps a thread waiting for a webhook: a quarter of the threads
 * leaves plenty for those. */
static int outgoing_calls(const struct config *config)
{
    return config->threads >= 8 ? (int)config->threads / 4 : 1;
}

int main(void)
{
    struct config config;
    if (!config_load(CONFIG_CHECKOUT, &config, stderr)) {
        return EXIT_FAILURE;
    }
    log_open("checkout", config.log_level);
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
        .payment_call = payment_call_new(outgoing_calls(&config)),
        .metrics = metrics,
        .config = &config,
    };
    int exit_code = EXIT_FAILURE;
    if (checkout.payment_call != NULL) {
        exit_code = serve(&checkout, keys);
    } else {
        log_message(LOG_LEVEL_ERROR, "server.start", "libcurl cannot start");
    }
    payment_call_free(checkout.payment_call);
    seatmap_cache_free(checkout.maps);
    db_pool_free(pool);
    token_keys_free(keys);
    metrics_free(metrics);
    return exit_code;
}
