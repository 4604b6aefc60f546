/* request.c: a request's CGI variables and query string as a handler asks for them. */
#include "common/request.h"
#include "common/exchange.h"
#include <assert.h>
#include <string.h>
#include <strings.h>

static enum http_method method_from_name(const char *name)
{
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_GET},      {"POST", HTTP_POST},
                   {"PUT", HTTP_PUT}, {"DELETE", HTTP_DELETE}, {"PATCH", HTTP_PATCH}};
    for (size_t i = 0; i < ARRAY_LENGTH(methods); i++) {
        if (strcmp(name, methods[i].name) == 0) {
            return methods[i].method;
        }
    }
    return HTTP_OTHER;
}

static const char *environment_get(const struct request *request, const char *name)
{
    return fastcgi_param(request->input, name);
}

static bool id_is_usable(const char *id)
{
    size_t length = id != NULL ? strlen(id) : 0;
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return length >= 8 && length <= 64 && strspn(id, allowed) == length;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes application/x-www-form-urlencoded text; NULL when an escape is malformed or stands for NUL. */
static const char *percent_decode(struct arena *arena, const char *text, size_t length)
{
    char *decoded = arena_alloc(arena, length + 1);
    char *end = decoded;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '%') {
            *end++ = text[i] == '+' ? ' ' : text[i];
            continue;
        }
        int high = length - i > 2 ? hex_digit(text[i + 1]) : -1;
        int low = length - i > 2 ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0 || high + low == 0) {
            return NULL;
        }
        *end++ = (char)(high * 16 + low);
        i += 2;
    }
    return decoded;
}

/* Splits the query string; the first of several parameters with one name counts. False when it is malformed.
 */
static bool query_open(struct request *request, const char *query)
{
    while (query != NULL && *query != '\0') {
        size_t length = strcspn(query, "&");
        size_t name_length = strcspn(query, "=&");
        if (length > 0) {
            if (request->query_count == QUERY_PARAMETERS_MAX) {
                return false;
            }
            size_t value_start = name_length < length ? name_length + 1 : length;
            struct query_parameter *parameter = &request->query[request->query_count];
            parameter->name = percent_decode(request->arena, query, name_length);
            parameter->value = percent_decode(request->arena, query + value_start, length - value_start);
            if (parameter->name == NULL || parameter->value == NULL) {
                return false;
            }
            request->query_count++;
        }
        query += length;
        query += *query == '&';
    }
    return true;
}

void request_open(struct request *request, const struct responder *responder, struct arena *arena,
                  const struct fastcgi *input)
{
    *request = (struct request){.arena = arena, .responder = responder, .input = input};
    const char *length = environment_get(request, "CONTENT_LENGTH");
    const char *method = environment_get(request, "REQUEST_METHOD");
    const char *path = environment_get(request, "PATH_INFO");
    const char *id = environment_get(request, "REQUEST_ID");
    request->method_name = method;
    request->method = method != NULL ? method_from_name(method) : HTTP_OTHER;
    request->head = method != NULL && strcmp(method, "HEAD") == 0;
    request->path = path != NULL ? path : "";
    request->body_declared = length != NULL ? strtoull(length, NULL, 10) : 0;
    if (id_is_usable(id)) {
        request->id = id;
    } else {
        char *own = arena_alloc(arena, UUID_SIZE);
        uuid_new(own);
        request->id = own;
    }
    request->query_malformed = !query_open(request, environment_get(request, "QUERY_STRING"));
}

enum problem request_check_body(const struct request *request)
{
    return request->input->body_received == request->body_declared ? PROBLEM_NONE : PROBLEM_INVALID_REQUEST;
}

void request_close(struct request *request)
{
    json_decref(request->json);
    request->json = NULL;
}

const char *request_id(const struct request *request)
{
    return request->id;
}

enum http_method request_method(const struct request *request)
{
    return request->method;
}

const char *request_path(const struct request *request)
{
    return request->path;
}

void *request_context(const struct request *request)
{
    return request->responder->context;
}

struct metrics *request_metrics(const struct request *request)
{
    return request->responder->metrics;
}

struct arena *request_arena(struct request *request)
{
    return request->arena;
}

const char *request_param(const struct request *request, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < request->match.param_count; i++) {
        const char *candidate = request->match.param_names[i];
        if (strcspn(candidate, "/") == length && memcmp(candidate, name, length) == 0) {
            return request->match.param_values[i];
        }
    }
    return NULL;
}

const char *request_header(const struct request *request, const char *name)
{
    char variable[80] = "HTTP_";
    size_t length = strlen(name);
    assert(length + 6 <= sizeof(variable));
    for (size_t i = 0; i <= length; i++) {
        char c = name[i];
        if (c >= 'a' && c <= 'z') {
            c = (char)(c - 'a' + 'A');
        }
        variable[5 + i] = c == '-' ? '_' : c;
    }
    /* CGI (RFC 3875 §4.1.3) gives Content-Type its own name. */
    return environment_get(request, strcasecmp(name, "Content-Type") == 0 ? "CONTENT_TYPE" : variable);
}

const char *request_remote_address(const struct request *request)
{
    return environment_get(request, "REMOTE_ADDR");
}

const char *request_query_text(struct request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++) {
        if (strcmp(request->query[i].name, name) == 0) {
            return request->query[i].value;
        }
    }
    return NULL;
}

const void *request_body(const struct request *request)
{
    return request->body_values;
}

const void *request_query(const struct request *request)
{
    return request->query_values;
}

const json_t *request_json(const struct request *request)
{
    return request->json;
}

const char *request_raw_body(const struct request *request, size_t *ret_length)
{
    *ret_length = request->input->body_length;
    return request->input->body;
}

const struct token_claims *request_user(const struct request *request)
{
    return request->has_user ? &request->user : NULL;
}

bool request_has_role(const struct request *request, enum role role)
{
    return request->has_user && (request->user.roles & role) != 0;
}

void request_limit_roles(struct request *request, unsigned roles)
{
    request->user.roles &= roles;
}
