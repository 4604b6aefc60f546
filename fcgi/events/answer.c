/* answer.c: created and tagged answers. */
#include "fcgi/events/answer.h"
#include "common/identifier.h"
#include <string.h>

enum { RETRY_AFTER_SECONDS = 2, ETAG_DIGITS = 32 };

enum problem answer_tagged(struct response *response, json_t *body_stolen)
{
    CLEANUP(free) char *text = body_stolen != NULL ? json_dumps(body_stolen, JSON_COMPACT) : NULL;
    json_decref(body_stolen);
    if (text == NULL) {
        return PROBLEM_INTERNAL;
    }
    char hash[65];
    sha256_hex(text, strlen(text), hash);
    response_etag(response, "%.*s", ETAG_DIGITS, hash);
    if (response_not_modified(response)) {
        return response_empty(response, 304);
    }
    return response_bytes(response, 200, "application/json", text, strlen(text));
}

enum problem answer_created(struct request *request, struct response *response, const char *path_prefix,
                            const char *id, json_t *body_stolen)
{
    response_header(response, "Location", arena_printf(request_arena(request), "/api%s%s", path_prefix, id));
    return response_json(response, 201, body_stolen);
}
