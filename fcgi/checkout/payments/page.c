/* GET and POST /payments/{provider}/{id}: the page where a buyer pays. What it does is the provider's; one
 * that has pages of its own sends the buyer there (payment_redirect()). Our own address comes first because
 * it never grows old: the page behind it may be made again. */
#include "fcgi/checkout/payments/page.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/payments/payments.h"
#include "fcgi/checkout/payments/provider.h"
#include "fcgi/checkout/payments/slots.h"
#include <string.h>

enum { CALLS = 2 }; /* a refused attempt is followed by one more, under another number */

/* Finds the open page of a payment or has one made: the attempt is written down, then the provider asked,
 * then its answer written down, with no database connection held meanwhile. DB_UNAVAILABLE also when the
 * provider gave no usable answer; the next call asks it again under the same number. */
MUST_CHECK static enum db_status payment_open(const struct checkout *checkout, struct arena *arena,
                                              const char *payment_id, struct opened_payment *ret_opened)
{
    const struct payment_provider *provider = checkout->provider;
    const struct provider_context context = {checkout->config, checkout->metrics, arena};
    int64_t failed = 0;
    bool refused = false;
    for (int calls = 0;; calls++) {
        struct opened_payment opened;
        enum db_status status =
            payment_attempts_db_open(checkout->pool, arena, provider, payment_id, failed, &opened);
        if (status != DB_OK || opened.outcome != OPEN_ATTEMPT) {
            *ret_opened = opened;
            return status;
        }
        if (calls == CALLS) {
            break;
        }
        struct payment_page page = {0};
        enum provider_answer answer = provider->create(&context, &opened.attempt, &page);
        if (answer == PROVIDER_DONE) {
            *ret_opened = (struct opened_payment){.outcome = OPEN_PAGE, .page = page.url};
            return payment_attempts_db_record(checkout->pool, arena, &opened.attempt, &page);
        }
        refused = answer == PROVIDER_REFUSED;
        if (!refused) {
            break;
        }
        failed = opened.attempt.number;
    }
    *ret_opened = (struct opened_payment){.outcome = OPEN_REFUSED};
    return refused ? DB_OK : DB_UNAVAILABLE;
}

/* The provider that the path names, if it is the one that takes payments here. */
static enum problem find_provider(const struct request *request, const struct payment_provider **ret_provider)
{
    const struct checkout *checkout = request_context(request);
    const char *name = request_param(request, "provider");
    if (payment_provider_find(name) == NULL) {
        return PROBLEM_NOT_FOUND;
    }
    *ret_provider = checkout->provider;
    return strcmp(checkout->provider->name, name) == 0 && checkout->provider->page != NULL
               ? PROBLEM_NONE
               : PROBLEM_PAYMENT_NOT_FOUND;
}

enum problem payment_page_show(struct request *request, struct response *response)
{
    const struct payment_provider *provider = NULL;
    enum problem problem = find_provider(request, &provider);
    return problem != PROBLEM_NONE ? problem : provider->page(request, response);
}

enum problem payment_page_settle(struct request *request, struct response *response)
{
    const struct payment_provider *provider = NULL;
    enum problem problem = find_provider(request, &provider);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (provider->page_settle == NULL) {
        response_header(response, "Allow", "GET, HEAD");
        return PROBLEM_METHOD_NOT_ALLOWED;
    }
    return provider->page_settle(request, response);
}

static enum problem respond(struct request *request, struct response *response,
                            const struct opened_payment *opened)
{
    switch (opened->outcome) {
    case OPEN_NOT_FOUND:
        return PROBLEM_PAYMENT_NOT_FOUND;
    case OPEN_SETTLED:
        return PROBLEM_PAYMENT_NOT_PENDING;
    case OPEN_ENDED:
        return PROBLEM_ORDER_NOT_PENDING;
    case OPEN_REFUSED:
        return PROBLEM_PAYMENT_REFUSED;
    case OPEN_PAGE:
    case OPEN_ATTEMPT:
        response_header(response, "Location", arena_text(request_arena(request), opened->page));
        return response_empty(response, 303);
    }
    return PROBLEM_INTERNAL;
}

enum problem payment_redirect(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    if (!payment_call_begin(checkout->payment_call)) {
        return response_unavailable(response, 1);
    }
    struct opened_payment opened = {0};
    enum db_status status =
        payment_open(checkout, request_arena(request), request_param(request, "id"), &opened);
    payment_call_end(checkout->payment_call);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_PAYMENT_NOT_FOUND);
    }
    return respond(request, response, &opened);
}

void payment_prepare(const struct checkout *checkout, struct arena *arena, const struct order *order)
{
    if (checkout->provider->create == NULL || order->payment_id == NULL ||
        strcmp(order->status, "pending") != 0 || !payment_call_begin(checkout->payment_call)) {
        return;
    }
    struct opened_payment opened;
    enum db_status status = payment_open(checkout, arena, order->payment_id, &opened);
    (void)status; /* the buyer's way to the page tries again */
    payment_call_end(checkout->payment_call);
}
