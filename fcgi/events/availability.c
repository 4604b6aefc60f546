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

/* One letter in the ETag for each form. */
static const char TAG[] = {[AVAILABILITY_FULL] = 'f', [AVAILABILITY_COMPACT] = 'c'};
enum { TAG_CHANGES = 'd' };

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

static void tag(struct response *response, char form, uint64_t fingerprint)
{
    response_etag(response, "%c%016llx", form, (unsigned long long)fingerprint);
}

static enum problem answer_form(struct request *request, struct response *response,
                                enum availability_form form)
{
    struct availability_answer answer;
    enum db_status status =
        availability_read(app_of(request)->availability, request_param(request, "id"), form, &answer);
    if (status != DB_OK) {
        return answer_failure(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    if (!answer.published && !request_has_role(request, ROLE_ADMIN)) {
        shared_body_release(answer.body);
        return PROBLEM_SHOW_NOT_FOUND;
    }
    tag(response, TAG[form], answer.fingerprint);
    if (response_not_modified(response)) {
        shared_body_release(answer.body);
        return response_empty(response, 304);
    }
    return answer_shared(request, response, answer.body);
}

/* The changes, or all seats in the compact form when the version is of no use. */
static enum problem answer_changes(struct request *request, struct response *response, const char *since)
{
    const struct app *app = app_of(request);
    struct availability *show = NULL;
    enum db_status status = availability_open(app->availability, request_param(request, "id"), &show);
    if (status != DB_OK) {
        return answer_failure(response, status, PROBLEM_SHOW_NOT_FOUND);
    }
    bool visible = availability_published(show) || request_has_role(request, ROLE_ADMIN);
    struct text changes TEXT_AUTO = {0};
    struct shared_body *body = NULL;
    if (visible) {
        struct snapshot *snapshot = availability_snapshot(show);
        tag(response, TAG_CHANGES, snapshot_fingerprint(snapshot));
        if (!response_not_modified(response) && !snapshot_add_changes(snapshot, since, &changes)) {
            body = snapshot_compact(snapshot);
        }
    }
    availability_close(app->availability, show);
    if (!visible) {
        return PROBLEM_SHOW_NOT_FOUND;
    }
    if (body != NULL) {
        return answer_shared(request, response, body);
    }
    if (changes.length > 0) {
        return response_bytes(response, 200, "application/json", changes.data, changes.length);
    }
    return response_empty(response, 304);
}

enum problem availability_get(struct request *request, struct response *response)
{
    const struct availability_query *query = request_query(request);
    const char *since = request_query_text(request, "since");
    if (since != NULL) {
        return answer_changes(request, response, since);
    }
    bool compact = query->format != NULL && strcmp(query->format, "compact") == 0;
    return answer_form(request, response, compact ? AVAILABILITY_COMPACT : AVAILABILITY_FULL);
}
