/* request_parse.c: the body and the query string against the route's specs. */
#include "common/exchange.h"
#include "common/request.h"
#include "common/response.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Is it this media type, with or without parameters? */
static bool is_media_type(const char *type, const char *wanted)
{
    size_t length = strlen(wanted);
    if (type == NULL || strncasecmp(type, wanted, length) != 0) {
        return false;
    }
    return type[length] == '\0' || type[length] == ';' || type[length] == ' ';
}

/* A PATCH may say what it is, a merge patch (RFC 7396 §4). */
static bool is_json_content_type(const struct request *request)
{
    const char *type = fastcgi_param(request->input, "CONTENT_TYPE");
    return is_media_type(type, "application/json") ||
           (request->method == HTTP_PATCH && is_media_type(type, "application/merge-patch+json"));
}

enum problem response_json_fault(struct response *response, const json_error_t *error)
{
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    switch (json_error_code(error)) {
    case json_error_numeric_overflow:
        fault_add(faults, "$", "A number near line %d, column %d is too large.", error->line, error->column);
        return response_faults(response, faults);
    case json_error_duplicate_key:
        fault_add(faults, "$", "A member near line %d, column %d is there twice.", error->line,
                  error->column);
        return response_faults(response, faults);
    case json_error_null_character:
    case json_error_null_byte_in_key:
        fault_add(faults, "$", "Text near line %d, column %d holds a NUL character.", error->line,
                  error->column);
        return response_faults(response, faults);
    default:
        return response_problem(response, PROBLEM_INVALID_JSON,
                                "The body is not valid JSON at line %d, column %d: %s.", error->line,
                                error->column, error->text);
    }
}

/* A parsed value takes some hundred bytes, so 8 MiB of `{},` would become most of a gigabyte. Signs inside of
 * texts are counted as well: the bound is far above what a route takes. */
enum { JSON_VALUES_MAX = 250000 };

static bool has_too_many_values(const char *body, size_t length)
{
    size_t signs = 0;
    for (size_t i = 0; i < length; i++) {
        signs += body[i] == ',' || body[i] == '{' || body[i] == '[';
    }
    return signs > JSON_VALUES_MAX;
}

/* The code unit of an escape \uXXXX that begins at text[at]; 0 when there is none. */
static unsigned escaped_unit(const char *text, size_t length, size_t at)
{
    char digits[5] = "";
    if (at + 6 > length || text[at] != '\\' || text[at + 1] != 'u') {
        return 0;
    }
    memcpy(digits, text + at + 2, 4);
    return strspn(digits, "0123456789abcdefABCDEF") == 4 ? (unsigned)strtoul(digits, NULL, 16) : 0;
}

/* Writes \ufffd for each escape of half a surrogate pair (RFC 8259 §8.2), which jansson refuses. */
static void replace_lone_surrogates(char *text, size_t length)
{
    for (size_t i = 0; i + 1 < length; i++) {
        if (text[i] != '\\') {
            continue;
        }
        unsigned unit = escaped_unit(text, length, i);
        unsigned next = escaped_unit(text, length, i + 6);
        if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
            i += 11; /* a whole pair */
        } else if (unit >= 0xd800 && unit < 0xe000) {
            static const char replacement[6] = {'\\', 'u', 'f', 'f', 'f', 'd'};
            memcpy(text + i, replacement, sizeof(replacement));
            i += 5;
        } else {
            i++; /* the escaped character, which may be a backslash */
        }
    }
}

enum problem request_parse_body(struct request *request, struct response *response)
{
    const struct field_spec *spec = request->match.route->body;
    if (request->input->body_length == 0 && spec->body_optional) {
        request->json = json_object();
    } else if (request->input->body_length == 0) {
        return response_problem(response, PROBLEM_INVALID_JSON,
                                "The body is empty; a JSON object is needed.");
    } else if (!is_json_content_type(request)) {
        return response_problem(response, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                                "Send the body with Content-Type: application/json.");
    } else if (has_too_many_values(request->input->body, request->input->body_length)) {
        CLEANUP(fault_list_free) struct fault_list *many = fault_list_new();
        fault_add(many, "$", "The body must have at most %d values.", JSON_VALUES_MAX);
        return response_faults(response, many);
    } else {
        json_error_t error;
        size_t flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES;
        if (spec->lenient_text) {
            flags |= JSON_ALLOW_NUL;
            replace_lone_surrogates(request->input->body, request->input->body_length);
        }
        request->json = json_loadb(request->input->body, request->input->body_length, flags, &error);
        if (request->json == NULL) {
            return response_json_fault(response, &error);
        }
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    if (!json_is_object(request->json)) {
        fault_add(faults, "$", "The body must be a JSON object.");
        return response_faults(response, faults);
    }
    if (spec->allow_any_json) {
        return PROBLEM_NONE;
    }
    request->body_values = arena_alloc(request->arena, spec->size);
    if (!field_parse_json(spec, request->json, request->arena, faults, request->body_values)) {
        return response_faults(response, faults);
    }
    return PROBLEM_NONE;
}

static const char *query_value(const char *name, void *context)
{
    return request_query_text(context, name);
}

enum problem request_parse_query(struct request *request, struct response *response)
{
    const struct field_spec *spec = request->match.route->query;
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    request->query_values = arena_alloc(request->arena, spec->size);
    if (!field_parse_query(spec, query_value, request, request->arena, faults, request->query_values)) {
        return response_faults(response, faults);
    }
    return PROBLEM_NONE;
}
