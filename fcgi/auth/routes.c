/* routes.c: the calls of this responder. */
#include "fcgi/auth/routes.h"
#include "fcgi/auth/auth.h"
#include "fcgi/auth/guest.h"
#include "fcgi/auth/reset.h"
#include "fcgi/auth/session_list.h"
#include "fcgi/auth/verification.h"

#include <string.h>

static const struct route routes[] = {
    {.method = HTTP_POST,
     .pattern = "/auth/register",
     .auth = AUTH_NONE,
     .body = &registration_create_body,
     .handler = registration_create},
    {.method = HTTP_POST,
     .pattern = "/auth/login",
     .auth = AUTH_NONE,
     .body = &login_create_body,
     .handler = login_create},
    {.method = HTTP_POST,
     .pattern = "/auth/refresh",
     .auth = AUTH_NONE,
     .body = &session_token_body,
     .handler = session_refresh},
    {.method = HTTP_POST,
     .pattern = "/auth/logout",
     .auth = AUTH_NONE,
     .body = &session_token_body,
     .handler = session_logout},
    {.method = HTTP_POST,
     .pattern = "/auth/guest",
     .auth = AUTH_NONE,
     .body = &guest_create_body,
     .handler = guest_create},
    {.method = HTTP_POST,
     .pattern = "/auth/guest/open",
     .auth = AUTH_NONE,
     .body = &guest_open_body,
     .handler = guest_open},
    {.method = HTTP_POST,
     .pattern = "/auth/guest/password",
     .auth = AUTH_USER,
     .body = &guest_password_body,
     .handler = guest_password},
    {.method = HTTP_GET, .pattern = "/auth/me", .auth = AUTH_USER, .handler = account_read},
    {.method = HTTP_PUT,
     .pattern = "/auth/me",
     .auth = AUTH_USER,
     .body = &account_update_body,
     .handler = account_update},
    {.method = HTTP_PUT,
     .pattern = "/auth/password",
     .auth = AUTH_USER,
     .body = &password_change_body,
     .handler = password_change},
    {.method = HTTP_POST,
     .pattern = "/auth/password/forgot",
     .auth = AUTH_NONE,
     .body = &reset_ask_body,
     .handler = reset_ask},
    {.method = HTTP_POST,
     .pattern = "/auth/password/reset",
     .auth = AUTH_NONE,
     .body = &reset_apply_body,
     .handler = reset_apply},
    {.method = HTTP_POST, .pattern = "/auth/verify/send", .auth = AUTH_USER, .handler = verification_ask},
    {.method = HTTP_POST,
     .pattern = "/auth/verify",
     .auth = AUTH_USER,
     .body = &verification_apply_body,
     .handler = verification_apply},
    {.method = HTTP_GET,
     .pattern = "/auth/sessions",
     .auth = AUTH_USER,
     .query = &session_list_query,
     .handler = session_list},
    {.method = HTTP_DELETE, .pattern = "/auth/sessions", .auth = AUTH_USER, .handler = session_delete_others},
    {.method = HTTP_DELETE, .pattern = "/auth/sessions/:id", .auth = AUTH_USER, .handler = session_delete},
    {.method = HTTP_GET,
     .pattern = "/auth/users",
     .auth = AUTH_ADMIN,
     .query = &user_list_query,
     .handler = user_list},
    {.method = HTTP_PUT,
     .pattern = "/auth/users/:id/roles",
     .auth = AUTH_ADMIN,
     .body = &roles_update_body,
     .handler = roles_update},
    {.method = HTTP_GET,
     .pattern = "/auth/users/:id/sessions",
     .auth = AUTH_ADMIN,
     .query = &session_list_query,
     .handler = user_session_list},
    {.method = HTTP_DELETE,
     .pattern = "/auth/users/:id/sessions",
     .auth = AUTH_ADMIN,
     .handler = user_session_delete_all},
    {.method = HTTP_DELETE,
     .pattern = "/auth/users/:id/sessions/:session",
     .auth = AUTH_ADMIN,
     .handler = user_session_delete},
};

/* The members that take a new password. */
static const struct {
    const struct field_spec *body;
    const char *field;
} new_passwords[] = {
    {&registration_create_body, "password"},
    {&password_change_body, "newPassword"},
    {&reset_apply_body, "newPassword"},
    {&guest_password_body, "password"},
};

/* A copy of `spec` whose field `name` asks for `minimum` characters, so that a short password is reported
 * with all other faults. */
static const struct field_spec *with_minimum(struct arena *arena, const struct field_spec *spec,
                                             const char *name, int64_t minimum)
{
    struct field *fields = arena_alloc(arena, spec->count * sizeof(*fields));
    for (size_t i = 0; i < spec->count; i++) {
        fields[i] = spec->fields[i];
        if (strcmp(fields[i].name, name) == 0) {
            fields[i].min = minimum;
        }
    }
    struct field_spec *copy = arena_alloc(arena, sizeof(*copy));
    *copy = *spec;
    copy->fields = fields;
    return copy;
}

struct route_table auth_routes(struct arena *arena, int64_t shortest_password)
{
    struct route *copies = arena_alloc(arena, sizeof(routes));
    memcpy(copies, routes, sizeof(routes));
    for (size_t i = 0; i < ARRAY_LENGTH(routes); i++) {
        for (size_t j = 0; j < ARRAY_LENGTH(new_passwords); j++) {
            if (routes[i].body == new_passwords[j].body) {
                copies[i].body =
                    with_minimum(arena, routes[i].body, new_passwords[j].field, shortest_password);
            }
        }
    }
    return (struct route_table){copies, ARRAY_LENGTH(routes)};
}
