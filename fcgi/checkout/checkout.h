/* checkout.h: the responder that turns holds into orders, orders into tickets and tickets into entries. */
#ifndef TICKETING_CHECKOUT_H
#define TICKETING_CHECKOUT_H

#include "common/config.h"
#include "common/db.h"
#include "common/router.h"
#include "common/seatmap_cache.h"

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
    struct ticket_keys *ticket_keys;         /* sign tickets */
    struct ticket_press *press;              /* draws them */
    struct relay *relay;                     /* carries events to receivers */
    struct metrics *metrics;
    const struct config *config;
};

/* limit and cursor of the lists. */
struct page_values {
    int64_t limit;
    const char *cursor;
};

extern const struct field_spec checkout_body;
extern const struct field_spec checkin_body;
extern const struct field_spec checkin_scan_body;
extern const struct field_spec checkin_batch_body;
extern const struct field_spec gate_pack_query;
extern const struct field_spec transfer_body;
extern const struct field_spec transfer_claim_body;
extern const struct field_spec refund_body;
extern const struct field_spec mark_paid_body;
extern const struct field_spec payment_events_query;
extern const struct field_spec page_query; /* struct page_values */

handler_fn checkout_create;     /* POST /checkout */
handler_fn order_list;          /* GET /orders */
handler_fn order_read;          /* GET /orders/:id */
handler_fn order_cancel;        /* POST /orders/:id/cancel */
handler_fn payment_test_page;   /* GET /payments/test/:id */
handler_fn payment_test_settle; /* POST /payments/test/:id */
handler_fn payment_redirect;    /* GET /payments/stripe/:id */
handler_fn payment_event_list;  /* GET /payments/events */
handler_fn order_refund;        /* POST /orders/:id/refund */
handler_fn order_mark_paid;     /* POST /orders/:id/mark-paid */
handler_fn payment_webhook;     /* POST /webhooks/payments/{provider} */
handler_fn ticket_list;         /* GET /tickets */
handler_fn ticket_read;         /* GET /tickets/:id */
handler_fn ticket_checkin;      /* POST /tickets/:id/checkin */
handler_fn ticket_checkin_undo; /* DELETE /tickets/:id/checkin */
handler_fn checkin_create;      /* POST /checkins */
handler_fn checkin_batch;       /* POST /checkins/batch */
handler_fn checkin_totals;      /* GET /shows/:id/checkins */
handler_fn gate_pack;           /* GET /shows/:id/gate-pack */
handler_fn transfer_create;     /* POST /tickets/:id/transfer */
handler_fn transfer_take_back;  /* DELETE /tickets/:id/transfer */
handler_fn transfer_claim;      /* POST /tickets/claim */

/* Background task: gives the seats of unpaid orders back. `context` is a struct checkout. */
void order_expiry_run(void *context);
/* Likewise: asks the payment provider about events that never came. */
void payment_reconcile_run(void *context);
/* Likewise: has the payment provider send money back. */
void refund_send_run(void *context);

/* Answers for a database that could not do it: `none` for DB_NONE, 503 when it was away, 500 when the
 * statement itself failed. */
enum problem checkout_database_problem(struct response *response, enum db_status status,
                                       enum problem none) MUST_CHECK;

#endif
