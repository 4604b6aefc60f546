/* event.h: the event of provider `test`: {id, type, createdAt, data: {paymentId, orderId, amount,
 * currency}}. */
#ifndef TICKETING_PAYMENTS_SANDBOX_EVENT_H
#define TICKETING_PAYMENTS_SANDBOX_EVENT_H

#include "common/fault.h"
#include "common/memory.h"
#include "fcgi/checkout/payments/provider.h"

#define PAYMENT_SUCCEEDED "payment.succeeded"
#define PAYMENT_DECLINED "payment.declined"

/* Reads a parsed event; strings are copied into `arena`. Members that are not needed are allowed, as
 * providers add some. False when something is missing or wrong, which `faults` then name. `event->payload` is
 * left to the caller. */
bool payment_event_read(const json_t *json, struct arena *arena, struct fault_list *faults,
                        struct payment_event *ret_event) MUST_CHECK;

/* A new event as text, in the arena. */
const char *payment_event_make(struct arena *arena, const char *type, const char *payment_id,
                               const char *order_id, int64_t amount, const char *currency);

#endif
