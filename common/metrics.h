/* metrics.h: counters, gauges and latency histograms in Prometheus text format 0.0.4. All updates are atomic
 * and lock-free. */
#ifndef TICKETING_METRICS_H
#define TICKETING_METRICS_H

#include "common/cleanup.h"
#include <stddef.h>
#include <stdint.h>

/* clang-format off */
/*       name                     type     help */
#define METRIC_LIST(X)                                                                                   \
    X(POOL_WAITS,                 counter, "ticketing_db_pool_waits_total", "Times a thread waited for a database connection") \
    X(POOL_WAIT_MICROSECONDS,     counter, "ticketing_db_pool_wait_microseconds_total", "Time spent waiting for a database connection") \
    X(POOL_IN_USE,                gauge,   "ticketing_db_pool_in_use", "Database connections in use") \
    X(DB_RECONNECTS,              counter, "ticketing_db_reconnects_total", "Database connections opened again") \
    X(DB_RETRIES,                 counter, "ticketing_db_retries_total", "Transactions run again after a conflict") \
    X(HOLDS_GRANTED,              counter, "ticketing_holds_granted_total", "Holds granted") \
    X(HOLDS_REFUSED,              counter, "ticketing_holds_refused_total", "Holds refused because seats were taken or a limit was met") \
    X(HOLDS_RELEASED,             counter, "ticketing_holds_released_total", "Holds released by their owner") \
    X(ORDERS_CREATED,             counter, "ticketing_orders_created_total", "Orders created") \
    X(ORDERS_PAID,                counter, "ticketing_orders_paid_total", "Orders paid") \
    X(ORDERS_EXPIRED,             counter, "ticketing_orders_expired_total", "Unpaid orders expired") \
    X(ORDERS_CANCELLED,           counter, "ticketing_orders_cancelled_total", "Unpaid orders cancelled") \
    X(TICKETS_SOLD,               counter, "ticketing_tickets_sold_total", "Tickets sold") \
    X(TICKETS_CHECKED_IN,         counter, "ticketing_tickets_checked_in_total", "Tickets checked in for the first time") \
    X(PAYMENT_EVENTS,             counter, "ticketing_payment_events_total", "Payment events accepted") \
    X(PAYMENTS_SUCCEEDED,         counter, "ticketing_payment_events_succeeded_total", "Payment events that money came") \
    X(PAYMENTS_DECLINED,          counter, "ticketing_payment_events_declined_total", "Payment events that a try was declined") \
    X(PAYMENTS_EXPIRED,           counter, "ticketing_payment_events_expired_total", "Payment events that a payment page was closed") \
    X(PAYMENTS_REFUND,            counter, "ticketing_payment_events_refund_total", "Payment events about refunds") \
    X(PAYMENTS_OTHER,             counter, "ticketing_payment_events_other_total", "Payment events of types that change nothing") \
    X(PAYMENTS_UNMATCHED,         counter, "ticketing_payment_events_unmatched_total", "Payment events that an admin has to look at: of an unknown payment or another amount") \
    X(PAYMENTS_RECONCILED,        counter, "ticketing_payments_reconciled_total", "Payments whose event never came, settled by asking the provider") \
    X(REFUNDS_SUCCEEDED,          counter, "ticketing_refunds_succeeded_total", "Refunds that the provider has sent") \
    X(REFUNDS_FAILED,             counter, "ticketing_refunds_failed_total", "Refunds that the provider refused") \
    X(PROVIDER_CALLS_FAILED,      counter, "ticketing_payment_provider_calls_failed_total", "Calls to the payment provider without a usable answer") \
    X(OUTBOX_WAITING,             gauge,   "ticketing_outbox_waiting", "Events and deliveries that have not reached their receivers yet") \
    X(OUTBOX_LAG_SECONDS,         gauge,   "ticketing_outbox_lag_seconds", "Age of the oldest event that waits to be queued or delivered") \
    X(DELIVERIES_DELIVERED,       counter, "ticketing_webhook_deliveries_delivered_total", "Deliveries that the receiver took") \
    X(DELIVERIES_FAILED,          counter, "ticketing_webhook_deliveries_failed_total", "Attempts that will be made again") \
    X(DELIVERIES_PARKED,          counter, "ticketing_webhook_deliveries_parked_total", "Deliveries given up") \
    X(MAILS_SENT,                 counter, "ticketing_mails_sent_total", "Mails handed to the mail server or written to the folder") \
    X(MAILS_FAILED,               counter, "ticketing_mails_failed_total", "Attempts to send a mail that failed") \
    X(PASSWORDS_HASHED,           counter, "ticketing_passwords_hashed_total", "Passwords hashed: each takes a core for about 20 ms") \
    X(LOGINS_FAILED,              counter, "ticketing_logins_failed_total", "Logins refused") \
    X(REQUESTS_IN_FLIGHT,         gauge,   "ticketing_requests_in_flight", "Requests being served")
/* clang-format on */

enum metric {
#define METRIC_ENUM(name, type, text, help) METRIC_##name,
    METRIC_LIST(METRIC_ENUM)
#undef METRIC_ENUM
        METRIC_COUNT
};

struct metrics; /* opaque; shared between threads */

/* For a responder with `route_count` routes, whose labels (method and pattern) are given by metrics_route().
 */
struct metrics *metrics_new(const char *process, size_t route_count);
void metrics_free(struct metrics *metrics);
/* Names route `index`; both strings must outlive the registry. Call before serving. */
void metrics_route(struct metrics *metrics, size_t index, const char *method, const char *pattern);

/* `metrics` NULL: nothing happens (programs without a registry). */
void metrics_add(struct metrics *metrics, enum metric metric, int64_t amount);
/* One request served: index route_count counts requests that matched no route. */
void metrics_request(struct metrics *metrics, size_t route_index, int status, int64_t microseconds);

/* The whole registry as text; free with free(). */
char *metrics_render(const struct metrics *metrics, size_t *ret_length);

#endif
