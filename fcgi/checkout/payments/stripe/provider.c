/* The payment provider `stripe`: Checkout Sessions and refunds (docs.stripe.com/api/checkout/sessions,
 * /api/refunds). Only the ids of order, payment and refund are given away besides the buyer's address. */
#include "fcgi/checkout/payments/provider.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/stripe/amount.h"
#include "fcgi/checkout/payments/stripe/call.h"
#include "fcgi/checkout/payments/stripe/event.h"
#include <ctype.h>
#include <string.h>

enum {
    LEAST_SECONDS = 31 * 60,           /* Stripe wants 30 minutes; one is for clocks and repetitions */
    MOST_SECONDS = 24 * 3600 - 5 * 60, /* and a day */
    REFUNDS_SEEN = 50,
};

static const char *lower(struct arena *arena, const char *currency)
{
    char *text = arena_text(arena, currency);
    for (char *at = text; *at != '\0'; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return text;
}

static void add_names(struct stripe_form *form, const char *prefix, const struct payment_attempt *attempt)
{
    stripe_form_add(form, arena_printf(form->arena, "%s[order_id]", prefix), attempt->order_id);
    stripe_form_add(form, arena_printf(form->arena, "%s[payment_id]", prefix), attempt->payment_id);
}

static enum provider_answer create(const struct provider_context *context,
                                   const struct payment_attempt *attempt, struct payment_page *ret_page)
{
    int64_t amount = 0;
    if (!stripe_amount_make(attempt->amount, attempt->currency, &amount)) {
        return PROVIDER_REFUSED;
    }
    struct stripe_form form = {.arena = context->arena};
    const char *back =
        arena_printf(context->arena, "%s/?order=%s", context->config->public_url, attempt->order_id);
    stripe_form_add(&form, "mode", "payment");
    stripe_form_add(&form, "client_reference_id", attempt->payment_id);
    stripe_form_add(&form, "customer_email", attempt->email);
    stripe_form_add(&form, "success_url", back);
    stripe_form_add(&form, "cancel_url", back);
    stripe_form_add_number(&form, "expires_at", attempt->expires_at);
    stripe_form_add(&form, "line_items[0][quantity]", "1");
    stripe_form_add(&form, "line_items[0][price_data][currency]", lower(context->arena, attempt->currency));
    stripe_form_add_number(&form, "line_items[0][price_data][unit_amount]", amount);
    stripe_form_add(&form, "line_items[0][price_data][product_data][name]", attempt->description);
    add_names(&form, "metadata", attempt);
    add_names(&form, "payment_intent_data[metadata]", attempt);
    const struct stripe_request request = {
        .path = "/v1/checkout/sessions",
        .form = &form,
        .idempotency_key =
            arena_printf(context->arena, "payment-%s-%lld", attempt->payment_id, (long long)attempt->number),
    };
    struct stripe_reply reply;
    enum provider_answer answer = stripe_call(context, &request, &reply);
    json_auto_t *session = reply.json;
    if (answer != PROVIDER_DONE) {
        return answer;
    }
    ret_page->reference = stripe_text(context, session, "id");
    ret_page->url = stripe_text(context, session, "url");
    return ret_page->reference != NULL ? PROVIDER_DONE : PROVIDER_UNKNOWN;
}

static const char *session_path(const struct provider_context *context, const char *reference,
                                const char *action)
{
    return arena_printf(context->arena, "/v1/checkout/sessions/%s%s", reference, action);
}

static enum provider_answer look_up(const struct provider_context *context, const char *reference,
                                    struct payment_state *ret_state)
{
    const struct stripe_request request = {.path = session_path(context, reference, "")};
    struct stripe_reply reply;
    enum provider_answer answer = stripe_call(context, &request, &reply);
    json_auto_t *session = reply.json;
    if (answer != PROVIDER_DONE) {
        return answer;
    }
    return stripe_session_state(context->arena, session, ret_state) ? PROVIDER_DONE : PROVIDER_UNKNOWN;
}

static enum provider_answer close_session(const struct provider_context *context, const char *reference)
{
    const struct stripe_form form = {.arena = context->arena};
    const struct stripe_request request = {
        .path = session_path(context, reference, "/expire"),
        .form = &form,
        .idempotency_key = arena_printf(context->arena, "expire-%s", reference),
    };
    struct stripe_reply reply;
    enum provider_answer answer = stripe_call(context, &request, &reply);
    json_decref(reply.json);
    return answer;
}

/* What Stripe says of a refund; `status` is NULL for one that has none yet. */
static enum provider_answer judge_refund(const struct provider_context *context, const json_t *refund,
                                         const char **ret_reference, const char **ret_reason)
{
    const char *status = stripe_text(context, refund, "status");
    *ret_reference = stripe_text(context, refund, "id");
    *ret_reason = stripe_text(context, refund, "failure_reason");
    if (status != NULL && strcmp(status, "succeeded") == 0) {
        return PROVIDER_DONE;
    }
    if (status != NULL && (strcmp(status, "failed") == 0 || strcmp(status, "canceled") == 0)) {
        return PROVIDER_REFUSED;
    }
    return PROVIDER_PENDING;
}

static bool is_this_refund(const json_t *refund, const struct payment_refund *wanted)
{
    const json_t *metadata = json_object_get(refund, "metadata");
    const char *id = json_string_value(json_object_get(metadata, "refund_id"));
    const char *attempt = json_string_value(json_object_get(metadata, "attempt"));
    return id != NULL && attempt != NULL && strcmp(id, wanted->id) == 0 &&
           strtoll(attempt, NULL, 10) == wanted->attempt;
}

/* A repetition first looks whether it has been done: Stripe forgets idempotency keys after a day or more.
 * PROVIDER_REFUSED: there is none. */
static enum provider_answer find_refund(const struct provider_context *context,
                                        const struct payment_refund *wanted, const char **ret_reference,
                                        const char **ret_reason)
{
    const struct stripe_request request = {
        .path = arena_printf(context->arena, "/v1/refunds?payment_intent=%s&limit=%d", wanted->charge,
                             REFUNDS_SEEN),
    };
    struct stripe_reply reply;
    enum provider_answer answer = stripe_call(context, &request, &reply);
    json_auto_t *list = reply.json;
    if (answer != PROVIDER_DONE) {
        *ret_reason = reply.error;
        return PROVIDER_UNKNOWN;
    }
    size_t index = 0;
    json_t *refund = NULL;
    json_array_foreach(json_object_get(list, "data"), index, refund)
    {
        if (is_this_refund(refund, wanted)) {
            return judge_refund(context, refund, ret_reference, ret_reason);
        }
    }
    return PROVIDER_REFUSED;
}

static enum provider_answer refund(const struct provider_context *context,
                                   const struct payment_refund *wanted, const char **ret_reference,
                                   const char **ret_reason)
{
    int64_t amount = 0;
    if (wanted->charge == NULL || !stripe_amount_make(wanted->amount, wanted->currency, &amount)) {
        *ret_reason = "Stripe has no such payment, or cannot express the amount.";
        return PROVIDER_REFUSED;
    }
    if (wanted->tries > 1) {
        enum provider_answer found = find_refund(context, wanted, ret_reference, ret_reason);
        if (found != PROVIDER_REFUSED || *ret_reference != NULL) {
            return found;
        }
    }
    struct stripe_form form = {.arena = context->arena};
    stripe_form_add(&form, "payment_intent", wanted->charge);
    stripe_form_add_number(&form, "amount", amount);
    stripe_form_add(&form, "reason", "requested_by_customer");
    stripe_form_add(&form, "metadata[order_id]", wanted->order_id);
    stripe_form_add(&form, "metadata[refund_id]", wanted->id);
    stripe_form_add_number(&form, "metadata[attempt]", wanted->attempt);
    const struct stripe_request request = {
        .path = "/v1/refunds",
        .form = &form,
        .idempotency_key =
            arena_printf(context->arena, "refund-%s-%lld", wanted->id, (long long)wanted->attempt),
    };
    struct stripe_reply reply;
    enum provider_answer answer = stripe_call(context, &request, &reply);
    json_auto_t *json = reply.json;
    if (answer != PROVIDER_DONE) {
        *ret_reason = reply.error;
        return answer;
    }
    return judge_refund(context, json, ret_reference, ret_reason);
}

const struct payment_provider payment_stripe_provider = {
    .name = "stripe",
    .page = payment_redirect,
    .least_seconds = LEAST_SECONDS,
    .most_seconds = MOST_SECONDS,
    .create = create,
    .look_up = look_up,
    .close = close_session,
    .refund = refund,
    .read_event = stripe_read_event,
};
