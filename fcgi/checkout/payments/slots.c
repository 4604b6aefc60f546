/* slots.c: counts the requests that wait for a provider. */
#include "fcgi/checkout/payments/slots.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/outgoing.h"
#include "common/webhook_signature.h"
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum {
    CONNECT_TIMEOUT_MS = 2000,
    TIMEOUT_MS = 5000,
    HEADER_SIZE = 256,
};

struct payment_call {
    atomic_int under_way;
    int concurrency;
};

struct payment_call *payment_call_new(int concurrency)
{
    struct payment_call *call = memory_new(1, sizeof(*call));
    call->concurrency = concurrency;
    return call;
}

void payment_call_free(struct payment_call *call)
{
    free(call);
}

bool payment_call_begin(struct payment_call *call)
{
    if (atomic_fetch_add(&call->under_way, 1) < call->concurrency) {
        return true;
    }
    atomic_fetch_sub(&call->under_way, 1);
    return false;
}

void payment_call_end(struct payment_call *call)
{
    atomic_fetch_sub(&call->under_way, 1);
}

static int perform(const struct payment_post *post)
{
    char signature[HEADER_SIZE];
    char id[HEADER_SIZE];
    snprintf(signature, sizeof(signature), WEBHOOK_SIGNATURE_HEADER ": %s", post->signature);
    snprintf(id, sizeof(id), "X-Request-Id: %s", post->request_id);
    const struct outgoing_request request = {
        .url = post->url,
        .headers = {"Content-Type: application/json", signature, id},
        .body = post->body,
        .body_length = strlen(post->body),
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = TIMEOUT_MS,
        .allow_private = true, /* our own gateway */
    };
    CLEANUP(outgoing_answer_release) struct outgoing_answer answer;
    outgoing_perform(&request, &answer);
    if (answer.result != OUTGOING_ANSWERED) {
        log_message(LOG_LEVEL_WARN, "payment.call", "%s: %s", post->url, answer.error);
        return -1;
    }
    return answer.status;
}

int payment_call_post(struct payment_call *call, const struct payment_post *post)
{
    if (!payment_call_begin(call)) {
        return -1;
    }
    int status = perform(post);
    payment_call_end(call);
    return status;
}
