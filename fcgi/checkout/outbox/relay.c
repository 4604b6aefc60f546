/* relay.c: two tasks: events are queued for their receivers, and deliveries are sent. */
#include "fcgi/checkout/outbox/relay.h"
#include "common/clock.h"
#include "common/outgoing.h"
#include "common/turn.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/outbox/mail/delivery_mail.h"
#include "fcgi/checkout/outbox/outbox.h"
#include "fcgi/checkout/outbox/outbox_db.h"
#include "fcgi/checkout/outbox/webhook_message.h"
#include <string.h>

enum {
    DISPATCH_BATCH = 500,
    SHOW_MAILS_BATCH = 5000, /* each batch reads all tickets of the show */
    TRANSFERS_MAX = 64,      /* at once */
    WAIT_MS = 100,           /* for a transfer to end, before looking for new deliveries */
    LAG_INTERVAL_US = 5 * 1000 * 1000,
};

struct relay {
    struct outgoing_set *transfers;
    struct outbox_lag lag; /* as last told to the metrics; the dispatching task's */
    int64_t lag_read_at;   /* clock_monotonic_us() */
};

/* One delivery under way. */
struct job {
    struct arena *arena; /* of the delivery and of this */
    struct delivery delivery;
    struct delivery_mail mail; /* its message, for a mail */
};

struct relay *relay_new(void)
{
    struct relay *relay = memory_new(1, sizeof(*relay));
    relay->transfers = outgoing_set_new();
    return relay;
}

void relay_free(struct relay *relay)
{
    if (relay != NULL) {
        outgoing_set_free(relay->transfers);
        free(relay);
    }
}

static void measure_lag(const struct checkout *checkout, struct relay *relay)
{
    int64_t now = clock_monotonic_us();
    struct outbox_lag lag;
    if (relay->lag_read_at != 0 && now - relay->lag_read_at < LAG_INTERVAL_US) {
        return;
    }
    relay->lag_read_at = now;
    if (outbox_db_lag(checkout->pool, &lag) == DB_OK) {
        metrics_add(checkout->metrics, METRIC_OUTBOX_WAITING, lag.waiting - relay->lag.waiting);
        metrics_add(checkout->metrics, METRIC_OUTBOX_LAG_SECONDS, lag.seconds - relay->lag.seconds);
        relay->lag = lag;
    }
    if (outbox_db_clean(checkout->pool) != DB_OK) {
        return; /* logged by db.c; the next round tries again */
    }
}

/* Queues what has happened. False when the database is away: logged by db.c; the next round tries again. */
static bool dispatch_events(const struct checkout *checkout, struct arena *arena)
{
    int64_t dispatched = DISPATCH_BATCH;
    while (dispatched == DISPATCH_BATCH && !turn_stopping()) {
        if (outbox_db_dispatch(checkout->pool, arena, DISPATCH_BATCH, &dispatched) != DB_OK) {
            return false;
        }
        arena_reset(arena);
    }
    return true;
}

/* The mails that changes of shows ask for are made some thousand at a time, and between them what else has
 * happened: nobody's tickets wait for them. A task that ends meanwhile has lost nothing: what is left stands
 * in the database. */
void relay_dispatch_run(void *context)
{
    const struct checkout *checkout = context;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    bool more = true;
    while (more && !turn_stopping()) {
        if (!dispatch_events(checkout, arena) ||
            outbox_db_queue_show_mails(checkout->pool, arena, SHOW_MAILS_BATCH, &more) != DB_OK) {
            return;
        }
        arena_reset(arena);
    }
    measure_lag(checkout, checkout->relay);
}

static void count(struct metrics *metrics, bool is_mail, const char *outcome, const char *state)
{
    bool done = strcmp(outcome, "delivered") == 0;
    if (is_mail) {
        metrics_add(metrics, done ? METRIC_MAILS_SENT : METRIC_MAILS_FAILED, 1);
    } else if (done) {
        metrics_add(metrics, METRIC_DELIVERIES_DELIVERED, 1);
    } else {
        metrics_add(metrics, METRIC_DELIVERIES_FAILED, 1);
    }
    if (strcmp(state, "parked") == 0) {
        metrics_add(metrics, METRIC_DELIVERIES_PARKED, 1);
    }
}

/* Bytes of an absolute URL's origin. The rest can hold a receiver's secret, so no log may have it. */
static int origin_length(const char *url)
{
    const char *separator = strstr(url, "://");
    const char *host = separator == NULL ? url : separator + 3;
    return (int)(host - url) + (int)strcspn(host, "/?#");
}

/* Records the result and ends the job. When the database is away the lease runs out and it is sent again. */
static void finish(const struct checkout *checkout, struct job *job, const struct delivery_result *result)
{
    const char *state = "";
    if (outbox_db_finish(checkout->pool, job->arena, result, &state) == DB_OK) {
        count(checkout->metrics, job->delivery.is_mail, result->outcome, state);
        bool fine = strcmp(result->outcome, "delivered") == 0;
        const char *to = job->delivery.is_mail ? "mail" : job->delivery.url;
        log_event(fine ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "outbox.delivery",
                  json_pack("{s:s, s:s, s:s#, s:s, s:s, s:i, s:s?, s:I}", "eventId", job->delivery.event_id,
                            "type", job->delivery.type, "to", to, origin_length(to), "outcome",
                            result->outcome, "state", state, "status", result->status, "error", result->error,
                            "durationMs", (json_int_t)result->duration_ms));
    }
    arena_free(job->arena);
}

/* outgoing_done_fn; `user` is the struct checkout */
static void transfer_ended(void *context, const struct outgoing_answer *answer, void *user)
{
    struct job *job = context;
    struct delivery_result result = {
        .delivery_id = job->delivery.id,
        .attempt = job->delivery.attempt,
        .status = answer->status,
        .duration_ms = answer->duration_us / 1000,
    };
    result.outcome = job->delivery.is_mail ? delivery_mail_outcome(job->arena, mail_result_of(answer),
                                                                   answer->error, &result.error)
                                           : webhook_outcome(job->arena, answer, &result.error);
    finish(user, job, &result);
}

/* Mails: into the folder at once, or as a transfer to the mail server. */
static void start_mail(const struct checkout *checkout, struct job *job)
{
    const struct mail_route route = {
        .smtp_url = checkout->config->smtp_url,
        .from = checkout->config->mail_from,
        .directory = checkout->config->mail_directory,
    };
    char error[OUTGOING_ERROR_SIZE] = "";
    int64_t began = clock_monotonic_us();
    enum mail_result result = delivery_mail_make(checkout, job->arena, &job->delivery, &job->mail, error);
    const bool made = result == MAIL_SENT;
    if (made && route.smtp_url != NULL) {
        struct outgoing_request request;
        mail_request(&route, job->mail.to, job->mail.message, job->mail.length, &request);
        outgoing_set_add(checkout->relay->transfers, &request, job);
        return;
    }
    if (made) {
        result = mail_store(route.directory, job->mail.id, job->mail.message, job->mail.length, error);
    }
    struct delivery_result ended = {
        .delivery_id = job->delivery.id,
        .attempt = job->delivery.attempt,
        .duration_ms = (clock_monotonic_us() - began) / 1000,
    };
    ended.outcome = delivery_mail_outcome(job->arena, result, error, &ended.error);
    finish(checkout, job, &ended);
}

/* `delivery` lives in another arena than the job's. */
static void start(const struct checkout *checkout, const struct delivery *delivery)
{
    struct arena *arena = arena_new();
    struct job *job = arena_alloc(arena, sizeof(*job));
    job->arena = arena;
    job->delivery = (struct delivery){
        .id = arena_text(arena, delivery->id),
        .attempt = arena_text(arena, delivery->attempt),
        .is_mail = delivery->is_mail,
        .kind = arena_text(arena, delivery->kind),
        .url = arena_text(arena, delivery->url),
        .secret = arena_text(arena, delivery->secret),
        .event_id = arena_text(arena, delivery->event_id),
        .type = arena_text(arena, delivery->type),
        .created_at = arena_text(arena, delivery->created_at),
        .data = arena_text(arena, delivery->data),
        .key = arena_text(arena, delivery->key),
    };
    if (delivery->is_mail) {
        start_mail(checkout, job);
        return;
    }
    struct outgoing_request request;
    webhook_message(arena, &job->delivery, clock_seconds(), checkout->config->webhook_allow_private,
                    &request);
    outgoing_set_add(checkout->relay->transfers, &request, job);
}

/* How many were started. */
static size_t start_due(const struct checkout *checkout)
{
    size_t under_way = outgoing_set_under_way(checkout->relay->transfers);
    if (under_way >= TRANSFERS_MAX) {
        return 0;
    }
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct delivery *deliveries = NULL;
    size_t due = 0;
    int wanted = (int)(TRANSFERS_MAX - under_way);
    if (outbox_db_claim(checkout->pool, arena, wanted, &deliveries, &due) != DB_OK) {
        return 0; /* logged by db.c; the next round tries again */
    }
    for (size_t i = 0; i < due; i++) {
        start(checkout, &deliveries[i]);
    }
    return due;
}

/* Goes on while there is something to do; in a drain only what is under way is ended. */
void relay_deliver_run(void *context)
{
    const struct checkout *checkout = context;
    struct outgoing_set *transfers = checkout->relay->transfers;
    bool busy = true;
    while (busy) {
        bool stopping = turn_stopping();
        size_t started = stopping ? 0 : start_due(checkout);
        if (outgoing_set_under_way(transfers) > 0) {
            outgoing_set_wait(transfers, WAIT_MS, transfer_ended, context);
        }
        busy = outgoing_set_under_way(transfers) > 0 || (started > 0 && !stopping);
    }
}
