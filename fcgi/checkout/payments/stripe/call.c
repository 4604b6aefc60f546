/* call.c: one call to Stripe, repeated where that is safe. */
#include "fcgi/checkout/payments/stripe/call.h"
#include "common/log.h"
#include "common/outgoing.h"
#include "common/turn.h"
#include <ctype.h>
#include <string.h>
#include <time.h>

enum {
    CALLS_MAX = 3,
    FIRST_PAUSE_MS = 200,
    CONNECT_TIMEOUT_MS = 3000,
    TIMEOUT_MS = 10000,
    ANSWER_MAX = 256 * 1024,
    ERROR_MAX = 300,
};

/* application/x-www-form-urlencoded (URL Living Standard, §5.2), with %20 for a space, which all accept. */
static const char *encode(struct arena *arena, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = arena_alloc(arena, strlen(text) * 3 + 1);
    char *end = encoded;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at < 0x80 && (isalnum(*at) || strchr("-._~", *at) != NULL)) {
            *end++ = (char)*at;
        } else {
            *end++ = '%';
            *end++ = digits[*at >> 4];
            *end++ = digits[*at & 15];
        }
    }
    return encoded;
}

void stripe_form_add(struct stripe_form *form, const char *name, const char *value)
{
    form->text = arena_printf(form->arena, "%s%s%s=%s", form->text == NULL ? "" : form->text,
                              form->text == NULL ? "" : "&", name, encode(form->arena, value));
}

void stripe_form_add_number(struct stripe_form *form, const char *name, int64_t number)
{
    stripe_form_add(form, name, arena_printf(form->arena, "%lld", (long long)number));
}

const char *stripe_text(const struct provider_context *context, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? NULL : arena_text(context->arena, text);
}

static void pause_before(int call)
{
    int64_t wait_ms = (int64_t)FIRST_PAUSE_MS << (call - 1);
    struct timespec wait = {.tv_sec = wait_ms / 1000, .tv_nsec = (wait_ms % 1000) * 1000000};
    nanosleep(&wait, NULL);
}

static void call_once(const struct provider_context *context, const struct stripe_request *request,
                      struct outgoing_answer *ret_answer)
{
    struct arena *arena = context->arena;
    const char *body = request->form == NULL ? NULL : request->form->text == NULL ? "" : request->form->text;
    struct outgoing_request outgoing = {
        .url = arena_printf(arena, "%s%s", context->config->stripe_api_base, request->path),
        .headers = {arena_printf(arena, "Authorization: Bearer %s", context->config->stripe_secret_key),
                    "Stripe-Version: " STRIPE_API_VERSION},
        .method = body == NULL ? NULL : "POST",
        .body = body,
        .body_length = body == NULL ? 0 : strlen(body),
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = TIMEOUT_MS,
        .answer_max = ANSWER_MAX,
        .allow_private = true, /* STRIPE_API_BASE is the operator's choice */
    };
    if (body != NULL) {
        outgoing.headers[2] = "Content-Type: application/x-www-form-urlencoded";
    }
    if (request->idempotency_key != NULL) {
        outgoing.headers[3] = arena_printf(arena, "Idempotency-Key: %s", request->idempotency_key);
    }
    outgoing_perform(&outgoing, ret_answer);
}

static bool is_worth_another_call(const struct outgoing_answer *answer)
{
    return answer->result != OUTGOING_ANSWERED || answer->status == 409 || answer->status == 429 ||
           answer->status >= 500;
}

static enum provider_answer judge(const struct provider_context *context,
                                  const struct stripe_request *request, const struct outgoing_answer *answer,
                                  struct stripe_reply *reply)
{
    reply->status = answer->result == OUTGOING_ANSWERED ? answer->status : 0;
    if (answer->result == OUTGOING_ANSWERED && !answer->cut) {
        reply->json = json_loadb(answer->body, answer->body_length, 0, NULL);
    }
    if (reply->status >= 200 && reply->status < 300 && json_is_object(reply->json)) {
        return PROVIDER_DONE;
    }
    const json_t *error = json_object_get(reply->json, "error");
    const char *message = json_string_value(json_object_get(error, "message"));
    reply->error = arena_printf(context->arena, "%d %.*s", reply->status, ERROR_MAX,
                                message != NULL            ? message
                                : answer->error[0] != '\0' ? answer->error
                                                           : "without an explanation");
    metrics_add(context->metrics, METRIC_PROVIDER_CALLS_FAILED, 1);
    log_event(
        LOG_LEVEL_WARN, "stripe.call",
        json_pack("{s:s, s:i, s:s}", "path", request->path, "status", reply->status, "error", reply->error));
    bool refused = reply->status >= 400 && reply->status < 500 && reply->status != 401 &&
                   reply->status != 403 && !is_worth_another_call(answer);
    return refused ? PROVIDER_REFUSED : PROVIDER_UNKNOWN;
}

enum provider_answer stripe_call(const struct provider_context *context, const struct stripe_request *request,
                                 struct stripe_reply *ret_reply)
{
    for (int call = 1;; call++) {
        CLEANUP(outgoing_answer_release) struct outgoing_answer answer;
        call_once(context, request, &answer);
        if (call == CALLS_MAX || !is_worth_another_call(&answer) || turn_stopping()) {
            *ret_reply = (struct stripe_reply){0};
            return judge(context, request, &answer, ret_reply);
        }
        pause_before(call);
    }
}
