#include "fcgi/events/availability.h"
#include "fcgi/events/answer.h"
#include "fcgi/events/app.h"
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
const struct field_spec AVAILABILITY_QUERY = FIELD_SPEC(struct availability_query, AVAILABILITY_FIELDS);

enum form { FORM_FULL = 'f', FORM_COMPACT = 'c', FORM_CHANGES = 'd' };

static void release_body(void *owner)
{
    shared_body_release(owner);
}

/* Does the client take gzip (RFC 9110 §12.5.3)? One that says so with a weight of zero is not met in
 * practice, and is told no as well. */
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

/* What an answer is made of; taken under the show's lock, sent without. */
struct rendered {
    struct shared_body *body; /* NULL: `changes` */
    struct text changes;
};

static void render(struct snapshot *snapshot, enum form form, const char *since,
                   struct rendered *ret_rendered)
{
    if (form == FORM_FULL) {
        ret_rendered->body = snapshot_full(snapshot);
    } else if (form == FORM_COMPACT || !snapshot_add_changes(snapshot, since, &ret_rendered->changes)) {
        ret_rendered->body = snapshot_compact(snapshot);
    }
}

enum problem availability_get(struct request *request, struct response *response)
{
    const struct app *app = app_of(request);
    const struct availability_query *query = request_query(request);
    const char *since = request_query_text(request, "since");
    enum form form = FORM_FULL;
    if (since != NULL) {
        form = FORM_CHANGES;
    } else if (query->format != NULL && strcmp(query->format, "compact") == 0) {
        form = FORM_COMPACT;
    }
    struct availability *show = NULL;
    enum db_status status = availability_open(app->availability, request_param(request, "id"), &show);
    if (status != DB_OK) {
        return answer_failure(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    bool visible = availability_published(show) || request_has_role(request, ROLE_ADMIN);
    struct rendered rendered = {.body = NULL};
    if (visible) {
        struct snapshot *snapshot = availability_snapshot(show);
        response_etag(response, "%c%016llx", form, (unsigned long long)snapshot_fingerprint(snapshot));
        if (!response_not_modified(response)) {
            render(snapshot, form, since, &rendered);
        }
    }
    availability_close(app->availability, show);
    if (!visible) {
        return PROBLEM_SHOW_NOT_FOUND;
    }
    if (rendered.body != NULL) {
        return answer_shared(request, response, rendered.body);
    }
    if (rendered.changes.length > 0) {
        enum problem problem =
            response_bytes(response, 200, "application/json", rendered.changes.data, rendered.changes.length);
        text_release(&rendered.changes);
        return problem;
    }
    return response_empty(response, 304);
}
