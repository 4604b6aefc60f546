/* users.c: GET /auth/users, PUT /auth/users/:id/roles: for admins. The token must say admin (the route's
 * level), and the database must still agree: an admin who was demoted cannot use the rest of a token's life
 * to get the role back. */
#include "common/response_database.h"
#include "fcgi/auth/auth.h"

struct user_list_request {
    const char *q;
    int64_t limit;
    const char *cursor;
};

static const struct field user_list_fields[] = {
    {.name = "q", .type = FIELD_TEXT, .max = 200, .offset = offsetof(struct user_list_request, q)},
    PAGE_FIELDS(struct user_list_request),
};
const struct field_spec user_list_query = FIELD_SPEC(struct user_list_request, user_list_fields);

static json_t *users_json(struct arena *arena, const struct auth_user_list *list, size_t limit)
{
    size_t count = list->count;
    const char *next = NULL;
    if (page_end(limit, &count)) {
        next = page_cursor(arena, list->users[count - 1].created_at, list->users[count - 1].id);
    }
    json_t *users = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(users, auth_user_json(&list->users[i]));
    }
    return page_json("users", users, next);
}

enum problem user_list(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct user_list_request *query = request_query(request);
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct page page;
    if (!page_read(query->limit, query->cursor, arena, faults, &page)) {
        return response_faults(response, faults);
    }

    struct auth_user asker;
    const enum problem problem = auth_asking_admin(request, response, &asker);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct auth_user_list list = {0};
    const enum db_status status = auth_db_users(auth->pool, arena, query->q, &page, &list);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    return response_json(response, 200, users_json(arena, &list, (size_t)page.limit));
}

struct roles_update_request {
    struct text_list roles;
};

static const char *const role_names[] = {"user", "staff", "admin", NULL};

static const struct field roles_update_fields[] = {
    {.name = "roles",
     .type = FIELD_CHOICE_LIST,
     .required = true,
     .min = 1,
     .max = 3,
     .choices = role_names,
     .offset = offsetof(struct roles_update_request, roles)},
};
const struct field_spec roles_update_body = FIELD_SPEC(struct roles_update_request, roles_update_fields);

enum problem roles_update(struct request *request, struct response *response)
{
    const struct auth *auth = request_context(request);
    const struct token_claims *claims = request_user(request);
    const struct roles_update_request *body = request_body(request);
    struct auth_roles_change change = {
        .actor_id = claims->user_id,
        .session_id = claims->session_id,
        .user_id = request_param(request, "id"),
        .roles = body->roles,
    };
    const enum db_status status = auth_db_roles_set(auth->pool, request_arena(request), &change);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    switch (change.outcome) {
    case AUTH_ROLES_NO_SESSION:
        return auth_unauthorized(response, PROBLEM_UNAUTHORIZED);
    case AUTH_ROLES_FORBIDDEN:
        return PROBLEM_FORBIDDEN;
    case AUTH_ROLES_NO_USER:
        return PROBLEM_USER_NOT_FOUND;
    case AUTH_ROLES_LAST_ADMIN:
        return PROBLEM_LAST_ADMIN;
    case AUTH_ROLES_SET:
        break;
    }
    json_t *user = auth_user_json(&change.user);
    log_event(LOG_LEVEL_INFO, "roles_changed",
              json_pack("{s:s, s:s, s:s, s:O}", "requestId", request_id(request), "actor", change.actor_id,
                        "user", change.user.id, "roles", json_object_get(user, "roles")));
    return response_json(response, 200, user);
}
