/* webhook_endpoints.c: the receivers that events are sent to. */
#include "common/identifier.h"
#include "common/response_database.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/outbox/outbox.h"
#include "fcgi/checkout/outbox/webhook_endpoints_db.h"
#include <string.h>

enum { SECRET_BYTES = 32 };

struct endpoint_values {
    const char *url;
    struct text_list events;
};

static const char *const event_types[] = {"order.paid",
                                          "order.expired",
                                          "order.refunded",
                                          "ticket.checked_in",
                                          "ticket.transferred",
                                          "ticket.claimed",
                                          "ticket.taken_back",
                                          "ticket.refunded",
                                          "show.sold_out",
                                          "show.changed",
                                          NULL};

static const struct field endpoint_fields[] = {
    {.name = "url",
     .type = FIELD_URL,
     .required = true,
     .min = 1,
     .max = 2000,
     .offset = offsetof(struct endpoint_values, url)},
    {.name = "events",
     .type = FIELD_CHOICE_LIST,
     .required = true,
     .min = 1,
     .max = 20,
     .choices = event_types,
     .offset = offsetof(struct endpoint_values, events)},
};
const struct field_spec webhook_endpoint_create_body = FIELD_SPEC(struct endpoint_values, endpoint_fields);

struct replay_values {
    const char *after;
};

static const struct field replay_fields[] = {
    {.name = "after", .type = FIELD_UUID, .nullable = true, .offset = offsetof(struct replay_values, after)},
};
const struct field_spec webhook_endpoint_replay_body = {
    .fields = replay_fields,
    .count = ARRAY_LENGTH(replay_fields),
    .size = sizeof(struct replay_values),
    .body_optional = true,
};

enum { OVERLAP_SECONDS_DEFAULT = 24 * 3600, OVERLAP_SECONDS_MAX = 7 * 24 * 3600 };

struct secret_values {
    int64_t overlap_seconds;
    bool overlap_given;
};

static const struct field secret_fields[] = {
    {.name = "overlapSeconds",
     .type = FIELD_INTEGER,
     .min = 0,
     .max = OVERLAP_SECONDS_MAX,
     .offset = offsetof(struct secret_values, overlap_seconds),
     .present_offset = offsetof(struct secret_values, overlap_given)},
};
const struct field_spec webhook_secret_create_body = {
    .fields = secret_fields,
    .count = ARRAY_LENGTH(secret_fields),
    .size = sizeof(struct secret_values),
    .body_optional = true,
};

struct update_values {
    const char *status;
};

static const char *const statuses[] = {"active", "disabled", NULL};
static const struct field update_fields[] = {
    {.name = "status",
     .type = FIELD_CHOICE,
     .required = true,
     .choices = statuses,
     .offset = offsetof(struct update_values, status)},
};
const struct field_spec webhook_endpoint_update_body = FIELD_SPEC(struct update_values, update_fields);

static const char *new_secret(struct arena *arena)
{
    char random[64];
    secret_new(SECRET_BYTES, random, sizeof(random));
    return arena_printf(arena, "whsec_%s", random);
}

enum problem webhook_endpoint_create(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct endpoint_values *values = request_body(request);
    struct arena *arena = request_arena(request);
    char id[UUID_SIZE];
    uuid_new(id);
    struct webhook_endpoint endpoint = {
        .id = id,
        .url = values->url,
        .secret = new_secret(arena),
        .events = values->events,
        .created_by = request_user(request)->user_id,
    };
    enum db_status status = webhook_endpoints_db_add(checkout->pool, arena, &endpoint);
    if (status == DB_NONE) {
        return response_problem(response, PROBLEM_WEBHOOK_ENDPOINT_LIMIT,
                                "There can be %d: delete one first.", WEBHOOK_ENDPOINTS_MAX);
    }
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    json_t *events = json_array();
    for (size_t i = 0; i < endpoint.events.count; i++) {
        json_array_append_new(events, json_string(endpoint.events.items[i]));
    }
    response_header(response, "Location", arena_printf(arena, "/api/webhooks/endpoints/%s", id));
    return response_json(response, 201,
                         json_pack("{s:s, s:s, s:o, s:s, s:s}", "id", id, "url", endpoint.url, "events",
                                   events, "createdAt", endpoint.created_at, "secret", endpoint.secret));
}

enum problem webhook_endpoint_list(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const char **texts = NULL;
    size_t count = 0;
    enum db_status status =
        webhook_endpoints_db_read(checkout->pool, request_arena(request), NULL, &texts, &count);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    json_t *endpoints = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(endpoints, json_loads(texts[i], 0, NULL));
    }
    return response_json(response, 200, json_pack("{s:o}", "endpoints", endpoints));
}

enum problem webhook_endpoint_read(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const char **texts = NULL;
    size_t count = 0;
    enum db_status status = webhook_endpoints_db_read(checkout->pool, request_arena(request),
                                                      request_param(request, "id"), &texts, &count);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_WEBHOOK_ENDPOINT_NOT_FOUND);
    }
    return response_json(response, 200, json_loads(texts[0], 0, NULL));
}

enum problem webhook_endpoint_update(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct update_values *values = request_body(request);
    enum db_status status =
        webhook_endpoints_db_switch(checkout->pool, request_param(request, "id"),
                                    strcmp(values->status, "active") == 0, request_user(request)->user_id);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_WEBHOOK_ENDPOINT_NOT_FOUND);
    }
    return webhook_endpoint_read(request, response);
}

enum problem webhook_secret_create(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct secret_values *values = request_body(request);
    struct arena *arena = request_arena(request);
    struct webhook_rotation rotation = {
        .id = request_param(request, "id"),
        .secret = new_secret(arena),
        .overlap_seconds = values->overlap_given ? values->overlap_seconds : OVERLAP_SECONDS_DEFAULT,
        .actor = request_user(request)->user_id,
    };
    enum db_status status = webhook_endpoints_db_rotate(checkout->pool, arena, &rotation);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_WEBHOOK_ENDPOINT_NOT_FOUND);
    }
    return response_json(response, 200,
                         json_pack("{s:s, s:s, s:s?}", "id", rotation.id, "secret", rotation.secret,
                                   "previousSecretUntil", rotation.previous_until));
}

enum problem webhook_endpoint_delete(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    enum db_status status = webhook_endpoints_db_delete(checkout->pool, request_param(request, "id"),
                                                        request_user(request)->user_id);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_WEBHOOK_ENDPOINT_NOT_FOUND);
    }
    return response_empty(response, 204);
}

enum problem webhook_endpoint_replay(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct replay_values *values = request_body(request);
    enum webhook_replay outcome = WEBHOOK_REPLAY_QUEUED;
    int64_t queued = 0;
    enum db_status status =
        webhook_endpoints_db_replay(checkout->pool, request_param(request, "id"), values->after,
                                    request_user(request)->user_id, &outcome, &queued);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_WEBHOOK_ENDPOINT_NOT_FOUND);
    }
    if (outcome == WEBHOOK_REPLAY_DISABLED) {
        return response_problem(response, PROBLEM_WEBHOOK_ENDPOINT_DISABLED,
                                "Enable it first: PATCH it with the status \"active\".");
    }
    if (outcome == WEBHOOK_REPLAY_NO_EVENT) {
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        fault_add(faults, "after", "there is no such event");
        return response_faults(response, faults);
    }
    return response_json(response, 202, json_pack("{s:I}", "queued", (json_int_t)queued));
}
