/* webhook_message.c: an event as a signed request, and what its answer means. */
#include "fcgi/checkout/outbox/webhook_message.h"
#include "common/webhook_signature.h"
#include <string.h>

enum { WEBHOOK_TIMEOUT_MS = 10 * 1000, WEBHOOK_CONNECT_MS = 5 * 1000, ANSWER_MAX = 4096 };

void webhook_message(struct arena *arena, const struct delivery *delivery, int64_t now, bool allow_private,
                     struct outgoing_request *ret_request)
{
    const char *body = arena_printf(arena, "{\"id\":\"%s\",\"type\":\"%s\",\"createdAt\":\"%s\",\"data\":%s}",
                                    delivery->event_id, delivery->type, delivery->created_at, delivery->data);
    size_t length = strlen(body);
    const char *signature = webhook_signature_make(arena, delivery->secret, body, length, now);
    *ret_request = (struct outgoing_request){
        .url = delivery->url,
        .headers = {"Content-Type: application/json", "User-Agent: ticketing-webhooks/1",
                    arena_printf(arena, "Ticketing-Event-Id: %s", delivery->event_id),
                    arena_printf(arena, "Ticketing-Attempt: %s", delivery->attempt),
                    arena_printf(arena, WEBHOOK_SIGNATURE_HEADER ": %s", signature)},
        .body = body,
        .body_length = length,
        .connect_timeout_ms = WEBHOOK_CONNECT_MS,
        .timeout_ms = WEBHOOK_TIMEOUT_MS,
        .answer_max = ANSWER_MAX,
        .allow_private = allow_private,
    };
}

const char *webhook_outcome(struct arena *arena, const struct outgoing_answer *answer, const char **ret_error)
{
    *ret_error = NULL;
    if (answer->result != OUTGOING_ANSWERED) {
        *ret_error = arena_text(arena, answer->error);
        return "unreachable";
    }
    if (answer->status >= 200 && answer->status < 300) {
        return "delivered";
    }
    *ret_error =
        arena_printf(arena, "The receiver answered %d%s.", answer->status,
                     answer->status >= 300 && answer->status < 400 ? "; redirects are not followed" : "");
    switch (answer->status) {
    case 410:
        return "gone";
    case 429:
    case 502:
    case 503:
    case 504:
        return "unreachable"; /* the receiver has a fault of its own; it does not refuse this event */
    default:
        return "failed";
    }
}
