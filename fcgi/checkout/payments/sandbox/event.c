/* event.c: reads and makes events of provider `test`. */
#include "fcgi/checkout/payments/sandbox/event.h"
#include "common/clock.h"
#include "common/identifier.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { EVENT_ID_MAX = 255, EVENT_TYPE_MAX = 255 };

static const char *text_member(const json_t *object, const char *name, const char *path, size_t maximum,
                               struct arena *arena, struct fault_list *faults)
{
    const json_t *value = json_object_get(object, name);
    size_t length = json_string_length(value);
    if (!json_is_string(value) || length == 0 || length > maximum) {
        fault_add(faults, path, "This must be a text of 1 to %zu bytes.", maximum);
        return NULL;
    }
    return arena_text(arena, json_string_value(value));
}

static bool is_currency(const char *text)
{
    return strlen(text) == 3 && isupper((unsigned char)text[0]) && isupper((unsigned char)text[1]) &&
           isupper((unsigned char)text[2]);
}

/* What events about a payment say of it. */
static void read_data(const json_t *data, struct arena *arena, struct fault_list *faults,
                      struct payment_event *event)
{
    if (!json_is_object(data)) {
        fault_add(faults, "data", "This must be an object.");
        return;
    }
    event->payment_id = text_member(data, "paymentId", "data.paymentId", UUID_SIZE - 1, arena, faults);
    if (event->payment_id != NULL && !uuid_is_valid(event->payment_id)) {
        fault_add(faults, "data.paymentId", "This must be a UUID.");
    }
    event->currency = text_member(data, "currency", "data.currency", 3, arena, faults);
    if (event->currency != NULL && !is_currency(event->currency)) {
        fault_add(faults, "data.currency", "This must be three capital letters.");
    }
    const json_t *amount = json_object_get(data, "amount");
    if (!json_is_integer(amount) || json_integer_value(amount) < 0) {
        fault_add(faults, "data.amount", "This must be a whole number, 0 or more.");
    }
    event->amount = (int64_t)json_integer_value(amount);
}

static enum payment_action action_of(const char *type)
{
    if (type != NULL && strcmp(type, PAYMENT_SUCCEEDED) == 0) {
        return PAYMENT_ACTION_SUCCEEDED;
    }
    return type != NULL && strcmp(type, PAYMENT_DECLINED) == 0 ? PAYMENT_ACTION_DECLINED
                                                               : PAYMENT_ACTION_OTHER;
}

bool payment_event_read(const json_t *json, struct arena *arena, struct fault_list *faults,
                        struct payment_event *ret_event)
{
    size_t faults_before = fault_count(faults);
    struct payment_event event = {0};
    if (!json_is_object(json)) {
        fault_add(faults, "$", "This must be an object.");
        return false;
    }
    event.id = text_member(json, "id", "id", EVENT_ID_MAX, arena, faults);
    event.type = text_member(json, "type", "type", EVENT_TYPE_MAX, arena, faults);
    event.action = action_of(event.type);
    if (event.action != PAYMENT_ACTION_OTHER) {
        read_data(json_object_get(json, "data"), arena, faults, &event);
    }
    *ret_event = event;
    return fault_count(faults) == faults_before;
}

const char *payment_event_make(struct arena *arena, const char *type, const char *payment_id,
                               const char *order_id, int64_t amount, const char *currency)
{
    char event_id[UUID_SIZE];
    char now[RFC3339_SIZE];
    uuid_new(event_id);
    clock_format(clock_seconds(), now);
    json_auto_t *event = json_pack("{s:s+, s:s, s:s, s:{s:s, s:s, s:I, s:s}}", "id", "evt_", event_id, "type",
                                   type, "createdAt", now, "data", "paymentId", payment_id, "orderId",
                                   order_id, "amount", (json_int_t)amount, "currency", currency);
    CLEANUP(free) char *text = json_dumps(event, JSON_COMPACT);
    return arena_text(arena, text == NULL ? "{}" : text);
}
