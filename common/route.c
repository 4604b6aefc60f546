/* route.c: finds the route of a path, segment by segment. */
#include "common/route.h"
#include "common/identifier.h"
#include "common/token.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

static bool is_plain_segment(const char *text, size_t length)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (length == 0 || length > ROUTE_SEGMENT_MAX) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0' || strchr(allowed, text[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* Copies a parameter's value, a UUID in lower case; false when the value is not of the parameter's kind. */
static bool take_parameter(const char *pattern, const char *value, size_t length, struct route_match *match)
{
    if (match->param_count == ROUTE_PARAMS_MAX || !is_plain_segment(value, length)) {
        return false;
    }
    char *copy = match->param_values[match->param_count];
    memcpy(copy, value, length);
    copy[length] = '\0';
    if (*pattern == ':') {
        if (!uuid_is_valid(copy)) {
            return false;
        }
        for (char *c = copy; *c != '\0'; c++) {
            if (*c >= 'A' && *c <= 'F') {
                *c = (char)(*c - 'A' + 'a');
            }
        }
    }
    match->param_names[match->param_count++] = pattern + 1;
    return true;
}

/* Compares segment by segment. Literals are compared first, because taking a parameter costs more than seeing
 * that a path does not match. */
static bool literals_fit(const char *pattern, const char *path)
{
    while (*pattern == '/' && *path == '/') {
        pattern++;
        path++;
        size_t pattern_length = strcspn(pattern, "/");
        size_t path_length = strcspn(path, "/");
        bool literal = *pattern != ':' && *pattern != '*';
        if (literal && (pattern_length != path_length || memcmp(pattern, path, path_length) != 0)) {
            return false;
        }
        pattern += pattern_length;
        path += path_length;
    }
    return *pattern == '\0' && *path == '\0';
}

/* For a path whose literals fit. */
static bool take_parameters(const char *pattern, const char *path, struct route_match *match)
{
    match->param_count = 0;
    while (*pattern == '/') {
        pattern++;
        path++;
        size_t path_length = strcspn(path, "/");
        if ((*pattern == ':' || *pattern == '*') && !take_parameter(pattern, path, path_length, match)) {
            return false;
        }
        pattern += strcspn(pattern, "/");
        path += path_length;
    }
    return true;
}

static void add_allowed(struct route_match *match, enum http_method method)
{
    static const char *const names[] = {[HTTP_GET] = "GET, HEAD",
                                        [HTTP_POST] = "POST",
                                        [HTTP_PUT] = "PUT",
                                        [HTTP_DELETE] = "DELETE",
                                        [HTTP_PATCH] = "PATCH"};
    assert(method < HTTP_OTHER);
    if (strstr(match->allow, names[method]) != NULL) {
        return;
    }
    size_t used = strlen(match->allow);
    int added = snprintf(match->allow + used, sizeof(match->allow) - used, "%s%s", used > 0 ? ", " : "",
                         names[method]);
    assert(added > 0 && used + (size_t)added < sizeof(match->allow)); /* all methods fit */
}

/* True when the route is found; ret_match->index goes on counting through the table. */
static bool find_in_table(const struct route_table *table, enum http_method method, const char *path,
                          struct route_match *match)
{
    for (size_t i = 0; i < table->count; i++, match->index++) {
        const struct route *route = &table->routes[i];
        if (!literals_fit(route->pattern, path) || !take_parameters(route->pattern, path, match)) {
            continue;
        }
        if (route->method == method) {
            match->route = route;
            return true;
        }
        match->path_known = true;
        add_allowed(match, route->method);
    }
    return false;
}

void route_find(const struct route_table *const *tables, size_t count, enum http_method method,
                const char *path, struct route_match *ret_match)
{
    *ret_match = (struct route_match){.route = NULL};
    for (size_t i = 0; i < count && !find_in_table(tables[i], method, path, ret_match); i++) {
    }
}

size_t route_count(const struct route_table *const *tables, size_t count)
{
    size_t routes = 0;
    for (size_t i = 0; i < count; i++) {
        routes += tables[i]->count;
    }
    return routes;
}

bool route_admits(enum auth_level level, unsigned roles)
{
    switch (level) {
    case AUTH_NONE:
    case AUTH_OPTIONAL:
    case AUTH_USER:
        return true;
    case AUTH_STAFF:
        return (roles & (ROLE_STAFF | ROLE_ADMIN)) != 0;
    case AUTH_ADMIN:
        return (roles & ROLE_ADMIN) != 0;
    }
    return false;
}
