/* session_standing.c: asks the database for the present roles of a staff member or admin, and whether the
 * session still exists. */
#include "common/session_standing.h"
#include "common/response_database.h"
#include "common/token.h"
#include <string.h>

enum standing_column { STANDING_ROLES };

/* $1 user, $2 session */
static const struct db_statement standing_statement = {
    .name = "session_standing",
    .repeatable = true,
    .sql = "SELECT auth.session_standing($1::uuid, $2::uuid)",
};

/* Bits of the names with commas between. */
static unsigned roles_of(struct arena *arena, const char *names)
{
    unsigned roles = 0;
    char *rest = arena_text(arena, names);
    char *position = NULL;
    for (char *name = strtok_r(rest, ",", &position); name != NULL; name = strtok_r(NULL, ",", &position)) {
        roles |= role_from_name(name);
    }
    return roles;
}

enum problem session_standing(struct db_pool *pool, struct request *request, struct response *response)
{
    const struct token_claims *claims = request_user(request);
    const char *const params[] = {claims->user_id, claims->session_id};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &standing_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return response_database(response, status, PROBLEM_INTERNAL);
    }
    const char *names = db_text(rows, 0, STANDING_ROLES);
    if (names == NULL) {
        return PROBLEM_NONE;
    }
    if (names[0] == '\0') {
        response_header(response, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
        return response_problem(response, PROBLEM_UNAUTHORIZED, "The session of this token has ended.");
    }
    request_limit_roles(request, roles_of(request_arena(request), names));
    return PROBLEM_NONE;
}
