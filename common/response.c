/* response.c: answers and problems as handlers give them. */
#include "common/response.h"
#include "common/exchange.h"
#include "common/request.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct arena *response_arena(const struct response *response)
{
    return response->request->arena;
}

__attribute__((format(printf, 2, 0))) static char *format_text(const struct response *response,
                                                               const char *format, va_list arguments)
{
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0) {
        abort(); /* memory.h: exhaustion ends the process */
    }
    char *copy = arena_text(response_arena(response), text);
    free(text);
    return copy;
}

/* What is set so far may have been replaced by another answer. */
static void drop_body(struct response *response)
{
    free(response->body_allocated);
    if (response->release != NULL) {
        response->release(response->owner);
        response->release = NULL;
    }
    response->pieces = NULL;
    response->piece_count = 0;
}

static void set_body(struct response *response, int status, const char *type, char *body_allocated,
                     size_t length)
{
    drop_body(response);
    response->status = status;
    response->content_type = type;
    response->body_allocated = body_allocated;
    response->body = body_allocated;
    response->body_length = length;
}

enum problem response_json(struct response *response, int status, json_t *body_stolen)
{
    char *text = body_stolen != NULL ? json_dumps(body_stolen, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_decref(body_stolen);
    if (text == NULL) {
        return PROBLEM_INTERNAL;
    }
    set_body(response, status, "application/json", text, strlen(text));
    return PROBLEM_NONE;
}

enum problem response_bytes(struct response *response, int status, const char *content_type, const void *body,
                            size_t length)
{
    char *copy = memory_new(length + 1, 1);
    memcpy(copy, body, length);
    set_body(response, status, content_type, copy, length);
    return PROBLEM_NONE;
}

enum problem response_shared(struct response *response, int status, const char *content_type,
                             const struct response_piece *pieces, size_t count, void (*release)(void *owner),
                             void *owner)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        length += pieces[i].length;
    }
    set_body(response, status, content_type, NULL, length);
    response->pieces = pieces;
    response->piece_count = count;
    response->release = release;
    response->owner = owner;
    return PROBLEM_NONE;
}

enum problem response_stream(struct response *response, const char *content_type, stream_fn *next,
                             void (*release)(void *owner), void *owner)
{
    set_body(response, 200, content_type, NULL, 0);
    response->next = next;
    response->release = release;
    response->owner = owner;
    return PROBLEM_NONE;
}

enum problem response_empty(struct response *response, int status)
{
    set_body(response, status, NULL, NULL, 0);
    return PROBLEM_NONE;
}

/* RFC 9457 §3.1: type is about:blank by default; code is this API's own stable member. */
static enum problem render_problem(struct response *response, enum problem problem, const char *detail)
{
    const struct problem_info *info = problem_info(problem);
    json_t *object =
        json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "type", "about:blank", "title", info->title, "status",
                  info->status, "detail", detail, "code", info->code, "requestId", response->request->id);
    if (object != NULL && response->members != NULL) {
        json_object_update(object, response->members);
    }
    enum problem rendered = response_json(response, info->status, object);
    assert(rendered == PROBLEM_NONE); /* every string above is our own text */
    response->content_type = "application/problem+json";
    response->problem = problem;
    if (info->status == 503 || info->status == 429) {
        response_header(response, "Retry-After", "1");
    }
    return problem;
}

enum problem response_problem(struct response *response, enum problem problem, const char *detail_format, ...)
{
    va_list arguments;
    va_start(arguments, detail_format);
    const char *detail = format_text(response, detail_format, arguments);
    va_end(arguments);
    return render_problem(response, problem, detail);
}

enum problem response_faults(struct response *response, const struct fault_list *faults)
{
    size_t count = fault_count(faults);
    response_problem_member(response, "errors", fault_list_json(faults));
    return response_problem(response, PROBLEM_VALIDATION_FAILED, "%zu field%s missing or wrong: see errors.",
                            count, count == 1 ? " is" : "s are");
}

enum problem response_unavailable(struct response *response, int retry_after_seconds)
{
    char seconds[16];
    snprintf(seconds, sizeof(seconds), "%d", retry_after_seconds);
    response_header(response, "Retry-After", seconds);
    return render_problem(response, PROBLEM_UNAVAILABLE,
                          "The database cannot be reached just now; try again soon.");
}

void response_problem_member(struct response *response, const char *name, json_t *value_stolen)
{
    if (response->members == NULL) {
        response->members = json_object();
    }
    json_object_set_new(response->members, name, value_stolen);
}

void response_header(struct response *response, const char *name, const char *value)
{
    assert(strpbrk(value, "\r\n") == NULL);
    size_t index = 0;
    while (index < response->header_count && strcmp(response->headers[index].name, name) != 0) {
        index++;
    }
    if (index < response->header_count) {
        return; /* the first one set stands: a handler's Retry-After beats the default */
    }
    assert(response->header_count < RESPONSE_HEADERS_MAX);
    response->headers[response->header_count++] =
        (struct response_header){.name = arena_text(response_arena(response), name),
                                 .value = arena_text(response_arena(response), value)};
}

void response_etag(struct response *response, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = format_text(response, format, arguments);
    va_end(arguments);
    response->etag = arena_printf(response_arena(response), "W/\"%s\"", text);
}

/* If-None-Match (RFC 9110 §13.1.2): `*` or a list of entity tags, compared weakly. */
bool response_not_modified(const struct response *response)
{
    const char *wanted = request_header(response->request, "If-None-Match");
    if (wanted == NULL || response->etag == NULL || response->request->method != HTTP_GET) {
        return false;
    }
    const char *opaque = response->etag + 2; /* behind W/, quotes included */
    return strcmp(wanted, "*") == 0 || strstr(wanted, opaque) != NULL;
}

void response_finish(struct response *response, enum problem problem)
{
    if (problem == PROBLEM_NONE && response->status == 0) {
        problem = PROBLEM_INTERNAL; /* a handler that answered nothing */
    }
    if (problem != PROBLEM_NONE && response->problem != problem) {
        (void)render_problem(response, problem, problem_info(problem)->title);
    }
    if (response->status == 200 && response_not_modified(response)) {
        set_body(response, 304, NULL, NULL, 0);
    }
}

void response_close(struct response *response)
{
    drop_body(response);
    json_decref(response->members);
    *response = (struct response){.status = 0};
}
