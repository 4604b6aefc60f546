/* auth_user_db.c: users, passwords and roles; the statements about sessions are in auth_session_db.c. */
#include "fcgi/auth/auth_rows.h"
#include "fcgi/auth/reset_db.h"

/* A new account has the role of a user and no other: to type an address proves nothing. */
static const struct db_statement user_add = {
    .name = "auth_user_add",
    .sql = "WITH added AS ("
           "  INSERT INTO auth.users (id, email, full_name, password_hash, email_key)"
           "  VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::text) RETURNING id, email, full_name"
           "), granted AS ("
           "  INSERT INTO auth.user_roles (user_id, role) SELECT added.id, 'user' FROM added RETURNING role"
           ") SELECT id, email, full_name, array(SELECT role FROM granted), false, false FROM added",
};

enum db_status auth_db_user_add(struct db_pool *pool, struct arena *arena,
                                const struct auth_registration *registration, struct auth_user *ret_user)
{
    const char *params[] = {registration->id, registration->email, registration->full_name,
                            registration->password_hash, auth_email_key(arena, registration->email)};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_run_row(pool, &user_add, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        auth_rows_read(result, 0, arena, ret_user);
    }
    return status;
}

static const struct db_statement user_by_email = {
    .name = "auth_user_by_email",
    .sql = "SELECT " AUTH_USER_COLUMNS ", u.password_hash FROM auth.users u"
           " WHERE" AUTH_USER_HAS_EMAIL("$1", "$2") AUTH_USER_BEST("$1"),
    .repeatable = true,
};

enum db_status auth_db_user_by_email(struct db_pool *pool, struct arena *arena, const char *email,
                                     struct auth_user *ret_user)
{
    const char *params[] = {auth_email_key(arena, email), auth_email_folded(arena, email)};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_run_row(pool, &user_by_email, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        auth_rows_read_with_hash(result, arena, ret_user);
    }
    return status;
}

static const struct db_statement full_name_set = {
    .name = "auth_full_name_set",
    .sql = "UPDATE auth.users u SET full_name = $3::text, updated_at = clock_timestamp()"
           " WHERE u.id = $1::uuid AND u.deleted_at IS NULL AND EXISTS (SELECT FROM auth.sessions s"
           "  WHERE s.id = $2::uuid AND s.user_id = u.id" AUTH_SESSION_LIVES ")"
           " RETURNING " AUTH_USER_COLUMNS,
};

enum db_status auth_db_full_name_set(struct db_pool *pool, struct arena *arena, const char *user_id,
                                     const char *session_id, const char *full_name,
                                     struct auth_user *ret_user)
{
    const char *params[] = {user_id, session_id, full_name};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const enum db_status status = db_run_row(pool, &full_name_set, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        auth_rows_read(result, 0, arena, ret_user);
    }
    return status;
}

/* The user's row is changed first: a login that checked the old password waits for the row, and then finds
 * the hash changed. */
static const struct db_statement password_set = {
    .name = "auth_password_set",
    .sql = "UPDATE auth.users u SET password_hash = $4::text, updated_at = clock_timestamp()"
           " WHERE u.id = $1::uuid AND u.password_hash = $3::text AND u.deleted_at IS NULL"
           " AND EXISTS (SELECT FROM auth.sessions s"
           "  WHERE s.id = $2::uuid AND s.user_id = u.id" AUTH_SESSION_LIVES ")"
           " RETURNING u.id",
};

static const struct db_statement other_sessions_end = {
    .name = "auth_other_sessions_end",
    .sql = "UPDATE auth.sessions SET revoked_at = clock_timestamp()"
           " WHERE user_id = $1::uuid AND id <> $2::uuid AND revoked_at IS NULL",
};

static enum db_status password_step(struct db *db, void *context)
{
    const struct auth_password_change *change = context;
    const char *params[] = {change->user_id, change->session_id, change->old_hash, change->new_hash};
    CLEANUP(db_result_free) struct db_result *changed = NULL;
    const enum db_status status = db_query_row(db, &password_set, ARRAY_LENGTH(params), params, &changed);
    if (status != DB_OK) {
        return status;
    }
    const enum db_status voided = reset_db_void(db, change->user_id);
    if (voided != DB_OK) {
        return voided;
    }
    CLEANUP(db_result_free) struct db_result *ended = NULL;
    return db_query(db, &other_sessions_end, 2, params, &ended);
}

enum db_status auth_db_password_set(struct db_pool *pool, const struct auth_password_change *change)
{
    struct auth_password_change copy = *change;
    return db_transaction(pool, password_step, &copy);
}

/* $1 and $2 the last user seen, $3 how many. The cursor's bounds are never NULL here, so that on every page
 * they are conditions of the index. */
#define USERS_PAGE(condition)                                                                                \
    "SELECT " AUTH_USER_COLUMNS ", u.created_at FROM auth.users u WHERE u.deleted_at IS NULL" condition      \
    " AND (u.created_at, u.id) < (coalesce($1::timestamptz, 'infinity'),"                                    \
    "  coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))"                                          \
    " ORDER BY u.created_at DESC, u.id DESC LIMIT $3::bigint"

enum { USERS_CREATED_AT = AUTH_USER_ONE_MORE };

static const struct db_statement users_page = {
    .name = "auth_users_page",
    .sql = USERS_PAGE(""),
    .repeatable = true,
};

/* The expression is that of the index users_search. The patterns are made once, not for each user. */
#define USER_SEARCHED "search_text(u.full_name || ' ' || u.email)"
static const struct db_statement users_search = {
    .name = "auth_users_search",
    .sql = USERS_PAGE(" AND " USER_SEARCHED " LIKE (SELECT (search_patterns($4))[1])"
                      " AND " USER_SEARCHED " LIKE ALL ((SELECT search_patterns($4))::text[])"),
    .repeatable = true,
};

enum db_status auth_db_users(struct db_pool *pool, struct arena *arena, const char *part,
                             const struct page *page, struct auth_user_list *ret_list)
{
    const char *params[] = {page->after_time, page->after_id, db_number(arena, page->limit + 1), part};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    const size_t count_params = ARRAY_LENGTH(params) - (part != NULL ? 0 : 1);
    const enum db_status status =
        db_run(pool, part != NULL ? &users_search : &users_page, count_params, params, &result);
    if (status != DB_OK) {
        return status;
    }
    ret_list->count = db_rows(result);
    ret_list->users = arena_alloc(arena, (ret_list->count + 1) * sizeof(*ret_list->users));
    for (size_t row = 0; row < ret_list->count; row++) {
        auth_rows_read(result, row, arena, &ret_list->users[row]);
        ret_list->users[row].created_at = arena_text(arena, db_text(result, row, USERS_CREATED_AT));
    }
    return DB_OK;
}

/* One change of roles at a time: "is there another admin" stays true until the commit. */
static const struct db_statement roles_lock = {
    .name = "auth_roles_lock",
    .sql = "SELECT pg_advisory_xact_lock(hashtextextended('auth.user_roles', 0))",
};

/* What must be true for the roles to be changed, in the order in which it is asked. */
enum roles_fact { FACT_ASKER_HAS_SESSION, FACT_ASKER_IS_ADMIN, FACT_USER_EXISTS, FACT_ADMIN_REMAINS };

static const struct db_statement roles_facts = {
    .name = "auth_roles_facts",
    .sql = "SELECT EXISTS (SELECT FROM auth.sessions s JOIN auth.users u ON u.id = s.user_id"
           "  WHERE s.id = $2::uuid AND s.user_id = $1::uuid AND u.deleted_at IS NULL" AUTH_SESSION_LIVES "),"
           " EXISTS (SELECT FROM auth.user_roles WHERE user_id = $1::uuid AND role = 'admin'),"
           " EXISTS (SELECT FROM auth.users WHERE id = $3::uuid AND deleted_at IS NULL AND NOT guest),"
           " 'admin' = ANY ($4::text[]) OR EXISTS ("
           "  SELECT FROM auth.user_roles r JOIN auth.users u ON u.id = r.user_id"
           "  WHERE r.role = 'admin' AND r.user_id <> $3::uuid AND u.deleted_at IS NULL)",
};

static const struct db_statement roles_replace = {
    .name = "auth_roles_replace",
    .sql = "WITH removed AS ("
           "  DELETE FROM auth.user_roles WHERE user_id = $1::uuid AND role <> ALL ($2::text[])"
           ") INSERT INTO auth.user_roles (user_id, role)"
           " SELECT $1::uuid, role FROM unnest($2::text[]) AS role ON CONFLICT DO NOTHING",
};

/* In the same transaction: there is no change without its record. */
static const struct db_statement roles_audit = {
    .name = "auth_roles_audit",
    .sql = "INSERT INTO public.audit_log (actor, action, subject, detail)"
           " VALUES ($1::uuid, 'user.roles', $2::text, jsonb_build_object('roles', to_jsonb($3::text[])))",
};

static const struct db_statement user_by_id = {
    .name = "auth_user_by_id",
    .sql = "SELECT " AUTH_USER_COLUMNS " FROM auth.users u WHERE u.id = $1::uuid",
};

struct roles_step {
    struct arena *arena;
    struct auth_roles_change *change;
    const char *roles; /* array literal */
};

static enum auth_roles_outcome roles_outcome(const struct db_result *facts)
{
    static const struct {
        enum roles_fact fact;
        enum auth_roles_outcome when_false;
    } rules[] = {
        {FACT_ASKER_HAS_SESSION, AUTH_ROLES_NO_SESSION},
        {FACT_ASKER_IS_ADMIN, AUTH_ROLES_FORBIDDEN},
        {FACT_USER_EXISTS, AUTH_ROLES_NO_USER},
        {FACT_ADMIN_REMAINS, AUTH_ROLES_LAST_ADMIN},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
        if (!db_bool(facts, 0, rules[i].fact)) {
            return rules[i].when_false;
        }
    }
    return AUTH_ROLES_SET;
}

static enum db_status roles_write(struct db *db, const struct roles_step *step)
{
    const char *params[] = {step->change->user_id, step->roles};
    CLEANUP(db_result_free) struct db_result *replaced = NULL;
    enum db_status status = db_query(db, &roles_replace, ARRAY_LENGTH(params), params, &replaced);
    if (status != DB_OK) {
        return status;
    }
    const char *record[] = {step->change->actor_id, step->change->user_id, step->roles};
    CLEANUP(db_result_free) struct db_result *audited = NULL;
    status = db_query(db, &roles_audit, ARRAY_LENGTH(record), record, &audited);
    if (status != DB_OK) {
        return status;
    }
    CLEANUP(db_result_free) struct db_result *user = NULL;
    status = db_query_row(db, &user_by_id, 1, params, &user);
    if (status == DB_OK) {
        auth_rows_read(user, 0, step->arena, &step->change->user);
    }
    return status;
}

static enum db_status roles_step(struct db *db, void *context)
{
    const struct roles_step *step = context;
    struct auth_roles_change *change = step->change;
    CLEANUP(db_result_free) struct db_result *locked = NULL;
    enum db_status status = db_query(db, &roles_lock, 0, NULL, &locked);
    if (status != DB_OK) {
        return status;
    }
    const char *params[] = {change->actor_id, change->session_id, change->user_id, step->roles};
    CLEANUP(db_result_free) struct db_result *facts = NULL;
    status = db_query(db, &roles_facts, ARRAY_LENGTH(params), params, &facts);
    if (status != DB_OK) {
        return status;
    }
    change->outcome = roles_outcome(facts);
    return change->outcome == AUTH_ROLES_SET ? roles_write(db, step) : DB_OK;
}

enum db_status auth_db_roles_set(struct db_pool *pool, struct arena *arena, struct auth_roles_change *change)
{
    struct roles_step step = {
        .arena = arena,
        .change = change,
        .roles = db_array(arena, change->roles.count, change->roles.items),
    };
    return db_transaction(pool, roles_step, &step);
}
