/* auth_rows.c: reads users out of rows, and makes the spellings by which accounts are found. */
#include "fcgi/auth/auth_rows.h"
#include "common/email.h"
#include "common/token.h"

enum { AUTH_USER_PASSWORD_HASH = AUTH_USER_ONE_MORE };

static unsigned roles_of(struct arena *arena, const char *array_literal)
{
    size_t count = 0;
    const char **names = db_array_items(arena, array_literal, &count);
    unsigned roles = 0;
    for (size_t i = 0; names != NULL && i < count; i++) {
        roles |= role_from_name(names[i]);
    }
    return roles;
}

void auth_rows_read(const struct db_result *result, size_t row, struct arena *arena,
                    struct auth_user *ret_user)
{
    *ret_user = (struct auth_user){
        .id = arena_text(arena, db_text(result, row, AUTH_USER_ID)),
        .email = arena_text(arena, db_text(result, row, AUTH_USER_EMAIL)),
        .full_name = arena_text(arena, db_text(result, row, AUTH_USER_FULL_NAME)),
        .roles = roles_of(arena, db_text(result, row, AUTH_USER_ROLES)),
        .guest = db_bool(result, row, AUTH_USER_GUEST),
        .email_verified = db_bool(result, row, AUTH_USER_EMAIL_VERIFIED),
    };
}

void auth_rows_read_with_hash(const struct db_result *result, struct arena *arena, struct auth_user *ret_user)
{
    auth_rows_read(result, 0, arena, ret_user);
    ret_user->password_hash = arena_text(arena, db_text(result, 0, AUTH_USER_PASSWORD_HASH));
}

const char *auth_email_folded(struct arena *arena, const char *email)
{
    char *folded = arena_text(arena, email);
    for (char *c = folded; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    return folded;
}

const char *auth_email_key(struct arena *arena, const char *email)
{
    const char *canonical = email_canonical(arena, email);
    return canonical != NULL ? canonical : auth_email_folded(arena, email);
}
