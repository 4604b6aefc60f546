/* payments.h: the room of payments: the provider, its webhooks and page, refunds, money that an admin has
 * seen. */
#ifndef TICKETING_PAYMENTS_H
#define TICKETING_PAYMENTS_H

#include "common/router.h"

extern const struct route_table payments_routes;

extern const struct field_spec order_refund_body;
extern const struct field_spec refund_list_query;

handler_fn order_refund;         /* POST /orders/:id/refund */
handler_fn order_mark_paid;      /* POST /orders/:id/mark-paid */
handler_fn refund_list;          /* GET /refunds */
handler_fn refund_mark_done;     /* POST /refunds/:id/mark-done */
handler_fn payment_event_list;   /* GET /payments/events */
handler_fn payment_outside_list; /* GET /payments/outside */
handler_fn payment_page_show;    /* GET /payments/:provider/:id: the page of the provider's */
handler_fn payment_page_settle;  /* POST of the same */
handler_fn payment_redirect;     /* the page of provider stripe */
handler_fn payment_webhook;      /* POST /webhooks/payments/:provider */

/* A background task: asks the payment provider about events that never came. `context` is a struct
 * checkout. */
void payment_reconcile_run(void *context);

/* A background task: has the payment provider send money back. `context` is a struct checkout. */
void refund_send_run(void *context);

#endif
