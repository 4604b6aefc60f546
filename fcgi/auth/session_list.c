/* session_list.c: lists and ends sessions: a user's own, and for admins those of any user. An ended session
 * renews no token, and this responder answers 401 at once. At the other responders a buyer's access token
 * stays good until it expires. */
#include "fcgi/auth/session_list.h"
#include "common/response_database.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/session_list_db.h"

#include <string.h>

struct session_list_request {
    int64_t limit;
    const char *cursor;
};

static const struct field session_list_fields[] = {PAGE_FIELDS(struct session_list_request)};
const struct field_spec session_list_query = FIELD_SPEC(struct session_list_request, session_list_fields);

static json_t *session_json(const struct auth_listed_session *session, const char *current_id)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:b}", "id", session->id, "createdAt", session->created_at,
                     "lastUsedAt", session->last_used_at, "expiresAt", session->expires_at, "current",
                     strcmp(session->id, current_id) == 0);
}

static json_t *list_json(struct arena *arena, const struct auth_session_list *list, size_t limit,
                         const char *current_id)
{
    size_t count = list->count;
    const char *next = NULL;
    if (page_end(limit, &count)) {
        next = page_cursor(arena, list->sessions[count - 1].position, list->sessions[count - 1].id);
    }
    json_t *sessions = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(sessions, session_json(&list->sessions[i], current_id));
    }
    return page_json("sessions", sessions, next);
}

static enum problem answer_list(struct request *request, struct response *response, const char *user_id)
{
    const struct auth *auth = request_context(request);
    const struct session_list_request *query = request_query(request);
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct page page;
    if (!page_read(query->limit, query->cursor, arena, faults, &page)) {
        return response_faults(response, faults);
    }
    struct auth_session_list list = {0};
    const enum db_status status = auth_db_session_list(auth->pool, arena, user_id, &page, &list);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_USER_NOT_FOUND);
    }
    return response_json(response, 200,
                         list_json(arena, &list, (size_t)page.limit, request_user(request)->session_id));
}

/* `none`: the answer when no session was there to end. */
static enum problem answer_end(struct request *request, struct response *response,
                               const struct auth_session_end *which, enum problem none)
{
    const struct auth *auth = request_context(request);
    int64_t ended = 0;
    const enum db_status status = auth_db_session_end(auth->pool, which, &ended);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_USER_NOT_FOUND);
    }
    return ended == 0 && none != PROBLEM_NONE ? none : response_empty(response, 204);
}

enum problem session_list(struct request *request, struct response *response)
{
    struct auth_user asker;
    const enum problem problem = auth_asker(request, response, &asker);
    return problem == PROBLEM_NONE ? answer_list(request, response, asker.id) : problem;
}

enum problem session_delete(struct request *request, struct response *response)
{
    struct auth_user asker;
    const enum problem problem = auth_asker(request, response, &asker);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    const struct auth_session_end one = {.user_id = asker.id, .session_id = request_param(request, "id")};
    return answer_end(request, response, &one, PROBLEM_SESSION_NOT_FOUND);
}

enum problem session_delete_others(struct request *request, struct response *response)
{
    struct auth_user asker;
    const enum problem problem = auth_asker(request, response, &asker);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    const struct auth_session_end others = {.user_id = asker.id,
                                            .kept_id = request_user(request)->session_id};
    return answer_end(request, response, &others, PROBLEM_NONE);
}

enum problem user_session_list(struct request *request, struct response *response)
{
    struct auth_user asker;
    const enum problem problem = auth_asking_admin(request, response, &asker);
    return problem == PROBLEM_NONE ? answer_list(request, response, request_param(request, "id")) : problem;
}

enum problem user_session_delete(struct request *request, struct response *response)
{
    struct auth_user asker;
    const enum problem problem = auth_asking_admin(request, response, &asker);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    const struct auth_session_end one = {.user_id = request_param(request, "id"),
                                         .session_id = request_param(request, "session"),
                                         .admin_id = asker.id};
    return answer_end(request, response, &one, PROBLEM_SESSION_NOT_FOUND);
}

enum problem user_session_delete_all(struct request *request, struct response *response)
{
    struct auth_user asker;
    const enum problem problem = auth_asking_admin(request, response, &asker);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    const struct auth_session_end all = {.user_id = request_param(request, "id"), .admin_id = asker.id};
    return answer_end(request, response, &all, PROBLEM_NONE);
}
