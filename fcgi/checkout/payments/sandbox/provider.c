/* The payment provider `test` (development): a page with a Pay and a Decline button. Pressing one sends our
 * own webhook endpoint the event that a real provider would send, so the code path is the same. */
#include "common/clock.h"
#include "common/response_database.h"
#include "common/webhook_signature.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/payments_db.h"
#include "fcgi/checkout/payments/sandbox/event.h"
#include "fcgi/checkout/payments/sandbox/page.h"
#include "fcgi/checkout/payments/slots.h"
#include <string.h>
#include <strings.h>

struct outcome_body {
    const char *outcome;
};

static const char *const outcomes[] = {"succeeded", "declined", NULL};
static const struct field outcome_fields[] = {
    {.name = "outcome",
     .type = FIELD_CHOICE,
     .choices = outcomes,
     .offset = offsetof(struct outcome_body, outcome)},
};
static const struct field_spec outcome_spec = FIELD_SPEC(struct outcome_body, outcome_fields);

/* The same body as a form (application/x-www-form-urlencoded) or as JSON. */
static bool is_type(const struct request *request, const char *type)
{
    const char *content_type = request_header(request, "Content-Type");
    size_t length = strlen(type);
    return content_type != NULL && strncasecmp(content_type, type, length) == 0 &&
           strchr("; \t", content_type[length]) != NULL;
}

static bool is_form(const struct request *request)
{
    return is_type(request, "application/x-www-form-urlencoded");
}

static enum problem read_json(struct request *request, struct response *response, const char *raw,
                              size_t length, struct outcome_body *ret_body)
{
    json_error_t error;
    json_auto_t *json = json_loadb(raw, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json == NULL) {
        return response_json_fault(response, &error);
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    return field_parse_json(&outcome_spec, json, request_arena(request), faults, ret_body)
               ? PROBLEM_NONE
               : response_faults(response, faults);
}

/* An empty body pays. */
static enum problem read_outcome(struct request *request, struct response *response,
                                 struct outcome_body *ret_body)
{
    size_t length = 0;
    const char *raw = request_raw_body(request, &length);
    ret_body->outcome = NULL;
    if (length == 0) {
        return PROBLEM_NONE;
    }
    if (is_form(request)) {
        for (size_t i = 0; outcomes[i] != NULL; i++) {
            const char *sent = arena_printf(request_arena(request), "outcome=%s", outcomes[i]);
            if (strlen(sent) == length && memcmp(sent, raw, length) == 0) {
                ret_body->outcome = outcomes[i];
                return PROBLEM_NONE;
            }
        }
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        fault_add(faults, "outcome", "This must be one of: succeeded, declined.");
        return response_faults(response, faults);
    }
    if (!is_type(request, "application/json")) {
        return PROBLEM_UNSUPPORTED_MEDIA_TYPE;
    }
    return read_json(request, response, raw, length, ret_body);
}

static const struct page_words *words_of(const struct request *request)
{
    return page_words_for(request_header(request, "Accept-Language"));
}

static enum db_status read_payment(struct request *request, struct payment *ret_payment)
{
    const struct checkout *checkout = request_context(request);
    return payments_db_read(checkout->pool, request_arena(request), "test", request_param(request, "id"),
                            words_of(request)->language, ret_payment);
}

static enum problem page_show(struct request *request, struct response *response)
{
    struct payment payment;
    enum db_status status = read_payment(request, &payment);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_PAYMENT_NOT_FOUND);
    }
    const struct page_words *words = words_of(request);
    const char *html = payment_page_html(request_arena(request), &payment, words);
    response_header(response, "Content-Security-Policy", PAYMENT_PAGE_POLICY);
    response_header(response, "Content-Language", words->language);
    response_header(response, "Vary", "Accept-Language");
    return response_bytes(response, 200, "text/html; charset=utf-8", html, strlen(html));
}

/* Tells the webhook endpoint what the buyer chose, and waits until it has settled that. */
static bool send_event(struct request *request, const struct payment *payment, bool declined)
{
    const struct checkout *checkout = request_context(request);
    struct arena *arena = request_arena(request);
    const char *body = payment_event_make(arena, declined ? PAYMENT_DECLINED : PAYMENT_SUCCEEDED, payment->id,
                                          payment->order_id, payment->amount, payment->currency);
    const struct payment_post post = {
        .url = arena_printf(arena, "%s/api/webhooks/payments/test", checkout->config->public_url),
        .body = body,
        .signature = webhook_signature_make(arena, checkout->config->payment_webhook_secret, body,
                                            strlen(body), clock_seconds()),
        .request_id = request_id(request),
    };
    return payment_call_post(checkout->payment_call, &post) == 200;
}

/* A browser is sent back to the page, which says what became of the payment (and reloading it pays nothing
 * twice). */
static enum problem respond_settled(struct request *request, struct response *response,
                                    const struct payment *payment)
{
    if (is_form(request)) {
        response_header(response, "Location",
                        arena_printf(request_arena(request), "/api/payments/test/%s", payment->id));
        return response_empty(response, 303);
    }
    return response_json(response, 200,
                         json_pack("{s:s, s:s, s:s, s:s}", "paymentId", payment->id, "orderId",
                                   payment->order_id, "outcome", payment->status, "orderStatus",
                                   payment->order_status));
}

static enum problem page_settle(struct request *request, struct response *response)
{
    struct outcome_body body;
    enum problem problem = read_outcome(request, response, &body);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct payment payment;
    enum db_status status = read_payment(request, &payment);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_PAYMENT_NOT_FOUND);
    }
    if (strcmp(payment.status, "pending") != 0 && strcmp(payment.status, "declined") != 0) {
        return is_form(request) ? respond_settled(request, response, &payment) : PROBLEM_PAYMENT_NOT_PENDING;
    }
    if (!send_event(request, &payment, body.outcome != NULL && strcmp(body.outcome, "declined") == 0)) {
        return response_problem(response, PROBLEM_UNAVAILABLE,
                                "The payment could not be settled just now; try again soon.");
    }
    status = read_payment(request, &payment);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_PAYMENT_NOT_FOUND);
    }
    return respond_settled(request, response, &payment);
}

/* The signed body was sent by this service, but a stranger may send one too. */
static enum problem read_event(const struct config *config, struct request *request,
                               struct response *response, struct payment_event *ret_event)
{
    size_t length = 0;
    const char *raw = request_raw_body(request, &length);
    if (!webhook_signature_verify(request_arena(request), config->payment_webhook_secret,
                                  request_header(request, WEBHOOK_SIGNATURE_HEADER), raw, length,
                                  clock_seconds())) {
        return PROBLEM_SIGNATURE_INVALID;
    }
    json_error_t error;
    json_auto_t *json = json_loadb(length > 0 ? raw : "", length, 0, &error);
    if (json == NULL) {
        return response_problem(response, PROBLEM_INVALID_JSON, "Line %d, column %d: %s.", error.line,
                                error.column, error.text);
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    if (!payment_event_read(json, request_arena(request), faults, ret_event)) {
        return response_faults(response, faults);
    }
    ret_event->payload = raw;
    return PROBLEM_NONE;
}

/* No money moved, so none has to go back. */
static enum provider_answer refund(const struct provider_context *context,
                                   const struct payment_refund *refund, const char **ret_reference,
                                   const char **ret_reason)
{
    (void)context;
    (void)refund;
    *ret_reference = NULL;
    *ret_reason = NULL;
    return PROVIDER_DONE;
}

const struct payment_provider payment_test_provider = {
    .name = "test",
    .page = page_show,
    .page_settle = page_settle,
    .refund = refund,
    .read_event = read_event,
};
