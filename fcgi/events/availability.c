/* availability.c: the states of a show's seats in three forms. */
#include "fcgi/events/availability.h"
#include "common/response_database.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/availability_store.h"
#include "fcgi/events/events.h"
#include "fcgi/events/text.h"
#include <string.h>

struct availability_query {
    const char *format;
};

static const char *const FORMATS[] = {"full", "compact", NULL};
static const struct field AVAILABILITY_FIELDS[] = {
    {.name = "format",
     .type = FIELD_CHOICE,
     .choices = FORMATS,
     .offset = offsetof(struct availability_query, format)},
};
const struct field_spec availability_get_query = FIELD_SPEC(struct availability_query, AVAILABILITY_FIELDS);

/* One letter in the ETag for each form. */
enum { TAG_FULL = 'f', TAG_COMPACT = 'c', TAG_CHANGES = 'd' };

static void release_body(void *owner)
{
    shared_body_release(owner);
}

/* Does the client take gzip (RFC 9110 §12.5.3)? A client that names gzip with a weight of zero does not exist
 * in practice; it would get no gzip. */
static bool accepts_gzip(const struct request *request)
{
    const char *accepted = request_header(request, "Accept-Encoding");
    const char *found = accepted != NULL ? strstr(accepted, "gzip") : NULL;
    return found != NULL && strncmp(found + 4, ";q=0", 4) != 0;
}

static enum problem answer_shared(const struct request *request, struct response *response,
                                  struct shared_body *body)
{
    bool gzip = accepts_gzip(request);
    response_header(response, "Vary", "Accept-Encoding");
    if (gzip) {
        response_header(response, "Content-Encoding", "gzip");
    }
    size_t count = 0;
    const struct response_piece *pieces = shared_body_pieces(body, gzip, &count);
    return response_shared(response, 200, "application/json", pieces, count, release_body, body);
}

/* A request that waits for a read; in its own arena. */
struct asker {
    struct availability_reader reader; /* the first member: the store hands it back */
    struct request *request;
    struct response *response;
    bool compact;
    const char *since; /* NULL: all seats are wanted */
};

static void tag(struct response *response, char form, uint64_t fingerprint)
{
    response_etag(response, "%c%016llx", form, (unsigned long long)fingerprint);
}

static enum problem answer_form(const struct asker *asker, struct snapshot *snapshot)
{
    tag(asker->response, asker->compact ? TAG_COMPACT : TAG_FULL, snapshot_fingerprint(snapshot));
    if (response_not_modified(asker->response)) {
        return response_empty(asker->response, 304);
    }
    return answer_shared(asker->request, asker->response,
                         asker->compact ? snapshot_compact(snapshot) : snapshot_full(snapshot));
}

/* The changes, or all seats in the compact form when the version is of no use. */
static enum problem answer_changes(const struct asker *asker, struct snapshot *snapshot)
{
    struct response *response = asker->response;
    tag(response, TAG_CHANGES, snapshot_fingerprint(snapshot));
    if (response_not_modified(response)) {
        return response_empty(response, 304);
    }
    struct text changes TEXT_AUTO = {0};
    if (!snapshot_add_changes(snapshot, asker->since, &changes)) {
        return answer_shared(asker->request, response, snapshot_compact(snapshot));
    }
    return response_bytes(response, 200, "application/json", changes.data, changes.length);
}

static enum problem answer_show(const struct asker *asker, const struct availability *show)
{
    if (show->status != DB_OK) {
        return response_database(asker->response, show->status, PROBLEM_SHOW_NOT_FOUND);
    }
    if (!show->published && !request_has_role(asker->request, ROLE_ADMIN)) {
        return PROBLEM_SHOW_NOT_FOUND;
    }
    return asker->since != NULL ? answer_changes(asker, show->snapshot) : answer_form(asker, show->snapshot);
}

static void answer_asker(struct availability_reader *reader, const struct availability *show)
{
    struct asker *asker = (struct asker *)reader;
    response_resume(asker->response, answer_show(asker, show));
}

enum problem availability_get(struct request *request, struct response *response)
{
    const struct availability_query *query = request_query(request);
    struct asker *asker = arena_alloc(request_arena(request), sizeof(*asker));
    *asker = (struct asker){
        .reader = {.answer = answer_asker},
        .request = request,
        .response = response,
        .compact = query->format != NULL && strcmp(query->format, "compact") == 0,
        .since = request_query_text(request, "since"),
    };
    availability_ask(events_of(request)->availability, request_param(request, "id"), &asker->reader);
    return PROBLEM_LATER;
}
