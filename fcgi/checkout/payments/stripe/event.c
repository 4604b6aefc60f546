/* event.c: what Stripe's events and sessions say. */
#include "fcgi/checkout/payments/stripe/event.h"
#include "common/clock.h"
#include "common/identifier.h"
#include "common/webhook_signature.h"
#include "fcgi/checkout/payments/stripe/amount.h"
#include <ctype.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 255 };

/* A name of Stripe's; NULL when there is none that could be kept: it is empty, too long or has a NUL. */
static const char *text_of(struct arena *arena, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    return length == 0 || length > NAME_MAX_LENGTH || strlen(text) != length ? NULL : arena_text(arena, text);
}

static bool has(const json_t *object, const char *name, const char *value)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL && strcmp(text, value) == 0;
}

/* A UUID of ours that we had Stripe keep; NULL: none. */
static const char *own_id(struct arena *arena, const json_t *object, const char *name)
{
    const char *id = json_string_value(json_object_get(json_object_get(object, "metadata"), name));
    return id != NULL && uuid_is_valid(id) ? arena_text(arena, id) : NULL;
}

/* An amount that is none of ours becomes -1, which matches no payment. */
static void read_money(struct arena *arena, const json_t *object, const char *name, const char **ret_currency,
                       int64_t *ret_amount)
{
    *ret_amount = -1;
    *ret_currency = NULL;
    const char *currency = json_string_value(json_object_get(object, "currency"));
    const json_t *amount = json_object_get(object, name);
    if (currency == NULL || strlen(currency) != 3 || !json_is_integer(amount)) {
        return;
    }
    char *capital = arena_text(arena, currency);
    for (char *at = capital; *at != '\0'; at++) {
        if (!isalpha((unsigned char)*at)) {
            return;
        }
        *at = (char)toupper((unsigned char)*at);
    }
    *ret_currency = capital;
    if (!stripe_amount_read(json_integer_value(amount), capital, ret_amount)) {
        *ret_amount = -1;
    }
}

bool stripe_session_state(struct arena *arena, const json_t *session, struct payment_state *ret_state)
{
    if (!has(session, "object", "checkout.session")) {
        return false;
    }
    struct payment_state state = {.phase = PAYMENT_OVER};
    if (has(session, "status", "open")) {
        state.phase = PAYMENT_OPEN;
    } else if (has(session, "status", "complete")) {
        state.phase = has(session, "payment_status", "paid") ? PAYMENT_PAID : PAYMENT_PROCESSING;
    }
    read_money(arena, session, "amount_total", &state.currency, &state.amount);
    state.charge = text_of(arena, session, "payment_intent");
    if (state.phase == PAYMENT_PAID && (state.charge == NULL || state.currency == NULL)) {
        return false;
    }
    *ret_state = state;
    return true;
}

static void read_session(struct arena *arena, const json_t *session, struct payment_event *event)
{
    event->payment_id = own_id(arena, session, "payment_id");
    event->reference = text_of(arena, session, "id");
    event->charge = text_of(arena, session, "payment_intent");
    read_money(arena, session, "amount_total", &event->currency, &event->amount);
    if (event->action == PAYMENT_ACTION_SUCCEEDED && !has(session, "payment_status", "paid")) {
        event->action = PAYMENT_ACTION_OTHER; /* a slow way to pay: another event will tell */
    }
}

static void read_intent(struct arena *arena, const json_t *intent, struct payment_event *event)
{
    event->payment_id = own_id(arena, intent, "payment_id");
    read_money(arena, intent, "amount", &event->currency, &event->amount);
}

/* One of ours carries its id; others were made in the dashboard or by another program. */
static void read_refund(struct arena *arena, const json_t *refund, struct payment_event *event)
{
    event->payment_id = own_id(arena, refund, "refund_id");
    event->reference = text_of(arena, refund, "id");
    read_money(arena, refund, "amount", &event->currency, &event->amount);
    bool own = event->payment_id != NULL;
    if (!own) {
        event->charge = text_of(arena, refund, "payment_intent");
    }
    if (has(refund, "status", "succeeded")) {
        event->action = own ? PAYMENT_ACTION_REFUND_SUCCEEDED : PAYMENT_ACTION_OUTSIDE_REFUND_SUCCEEDED;
    } else if (has(refund, "status", "failed") || has(refund, "status", "canceled")) {
        event->action = own ? PAYMENT_ACTION_REFUND_FAILED : PAYMENT_ACTION_OUTSIDE_REFUND_FAILED;
    } else {
        event->action = own ? PAYMENT_ACTION_OTHER : PAYMENT_ACTION_OUTSIDE_REFUND_PENDING;
    }
}

/* A charge of which something went back; the sum includes refunds of ours. */
static void read_charge(struct arena *arena, const json_t *charge, struct payment_event *event)
{
    event->reference = text_of(arena, charge, "id");
    event->charge = text_of(arena, charge, "payment_intent");
    read_money(arena, charge, "amount_refunded", &event->currency, &event->amount);
}

/* `warning_closed`: the bank only asked, and no money moved. */
static void read_dispute(struct arena *arena, const json_t *dispute, struct payment_event *event)
{
    event->reference = text_of(arena, dispute, "id");
    event->charge = text_of(arena, dispute, "payment_intent");
    read_money(arena, dispute, "amount", &event->currency, &event->amount);
    if (has(dispute, "status", "lost")) {
        event->action = PAYMENT_ACTION_OUTSIDE_DISPUTE_LOST;
    } else if (has(dispute, "status", "won") || has(dispute, "status", "warning_closed")) {
        event->action = PAYMENT_ACTION_OUTSIDE_DISPUTE_WON;
    }
}

static const struct event_type {
    const char *type;
    enum payment_action action;
    void (*read)(struct arena *arena, const json_t *object, struct payment_event *event);
} types[] = {
    {"checkout.session.completed", PAYMENT_ACTION_SUCCEEDED, read_session},
    {"checkout.session.async_payment_succeeded", PAYMENT_ACTION_SUCCEEDED, read_session},
    {"checkout.session.async_payment_failed", PAYMENT_ACTION_FAILED, read_session},
    {"checkout.session.expired", PAYMENT_ACTION_EXPIRED, read_session},
    {"payment_intent.payment_failed", PAYMENT_ACTION_DECLINED, read_intent},
    {"refund.created", PAYMENT_ACTION_OTHER, read_refund},
    {"refund.updated", PAYMENT_ACTION_OTHER, read_refund},
    {"refund.failed", PAYMENT_ACTION_OTHER, read_refund},
    {"charge.refund.updated", PAYMENT_ACTION_OTHER, read_refund},
    {"charge.refunded", PAYMENT_ACTION_OUTSIDE_CHARGE, read_charge},
    {"charge.dispute.created", PAYMENT_ACTION_OUTSIDE_DISPUTE_OPEN, read_dispute},
    {"charge.dispute.updated", PAYMENT_ACTION_OUTSIDE_DISPUTE_OPEN, read_dispute},
    {"charge.dispute.closed", PAYMENT_ACTION_OUTSIDE_DISPUTE_OPEN, read_dispute},
};

/* What Stripe has signed is kept, whatever it looks like: a refusal would only be sent again for days. What
 * has no id gets one made of the body, so that the same body is kept once. */
static const char *unnamed_id(struct arena *arena, const char *raw, size_t length)
{
    char digest[65];
    sha256_hex(raw, length, digest);
    return arena_printf(arena, "unnamed_%s", digest);
}

/* Reads a parsed event; texts are copied. An event without an id, a type, or the object that its type is
 * about is unreadable. `payload` is left alone. */
static struct payment_event event_read(struct arena *arena, const json_t *json, const char *raw,
                                       size_t length)
{
    struct payment_event event = {
        .id = text_of(arena, json, "id"),
        .type = text_of(arena, json, "type"),
        .action = PAYMENT_ACTION_OTHER,
    };
    const json_t *object = json_object_get(json_object_get(json, "data"), "object");
    bool readable = event.id != NULL && event.type != NULL;
    for (size_t i = 0; readable && i < ARRAY_LENGTH(types); i++) {
        if (strcmp(types[i].type, event.type) == 0) {
            readable = json_is_object(object);
            event.action = types[i].action;
            types[i].read(arena, object, &event);
            break;
        }
    }
    if (!readable) {
        event.action = PAYMENT_ACTION_UNREADABLE;
    }
    event.id = event.id != NULL ? event.id : unnamed_id(arena, raw, length);
    event.type = event.type != NULL ? event.type : "unnamed";
    return event;
}

enum problem stripe_read_event(const struct config *config, struct request *request,
                               struct response *response, struct payment_event *ret_event)
{
    struct arena *arena = request_arena(request);
    size_t length = 0;
    const char *raw = request_raw_body(request, &length);
    if (!webhook_signature_verify(arena, config->stripe_webhook_secret,
                                  request_header(request, "Stripe-Signature"), raw, length,
                                  clock_seconds())) {
        return PROBLEM_SIGNATURE_INVALID;
    }
    json_error_t error;
    json_auto_t *json = json_loadb(length > 0 ? raw : "", length, JSON_ALLOW_NUL, &error);
    if (json == NULL) {
        return response_problem(response, PROBLEM_INVALID_JSON, "Line %d, column %d: %s.", error.line,
                                error.column, error.text);
    }
    *ret_event = event_read(arena, json, raw, length);
    ret_event->payload = raw;
    return PROBLEM_NONE;
}
