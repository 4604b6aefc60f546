/* auth_db.h: every SQL statement of this responder, one function for each operation (tables: schema `auth`,
 * see schema/README.md).
 *
 * Texts of results live in the arena given. Besides the values of db_status that db.h explains, DB_NONE means
 * that what was asked for is not there; each function says what that is. */
#ifndef TICKETING_AUTH_DB_H
#define TICKETING_AUTH_DB_H

#include "common/db.h"
#include "common/page.h"

struct auth_user {
    const char *id;
    const char *email; /* as it was typed when registering */
    const char *full_name;
    unsigned roles; /* bits of enum role */
    bool guest;     /* has no password, and is not found by address */
    bool email_verified;
    const char *created_at;    /* with microseconds, for page_cursor(); set by auth_db_users() only */
    const char *password_hash; /* set by auth_db_user_by_email() and auth_db_user_of_session() only */
};

struct auth_registration {
    const char *id; /* chosen by the caller */
    const char *email;
    const char *full_name;
    const char *password_hash;
};

/* The one spelling of an address, by which accounts are found (common/email.h); of what is no address: as
 * auth_email_folded(). */
const char *auth_email_key(struct arena *arena, const char *email);
/* The address as it was typed, with ASCII letters in lower case. */
const char *auth_email_folded(struct arena *arena, const char *email);

/* Adds the user. DB_CONFLICT: the e-mail address is taken; upper and lower case are the same. */
enum db_status auth_db_user_add(struct db_pool *pool, struct arena *arena,
                                const struct auth_registration *registration,
                                struct auth_user *ret_user) MUST_CHECK;

/* Finds a user by e-mail address in any case. DB_NONE: nobody has it. */
enum db_status auth_db_user_by_email(struct db_pool *pool, struct arena *arena, const char *email,
                                     struct auth_user *ret_user) MUST_CHECK;

/* The user of a session that lives. DB_NONE: it has ended, or it is not this user's, or the user is gone. */
enum db_status auth_db_user_of_session(struct db_pool *pool, struct arena *arena, const char *user_id,
                                       const char *session_id, struct auth_user *ret_user) MUST_CHECK;

struct auth_session {
    const char *id; /* chosen by the caller */
    const char *user_id;
    const char *password_hash; /* that the password was checked against */
    const char *token_hash;    /* of the first refresh token */
    int64_t ttl_seconds;
    bool for_cookie; /* the token goes into a page's cookie */
    bool proved;     /* began with a key that was mailed to the user */
};

/* Starts a session. DB_NONE: the password was changed since it was checked. */
enum db_status auth_db_session_start(struct db_pool *pool, struct arena *arena,
                                     const struct auth_session *session) MUST_CHECK;

enum auth_refresh_outcome {
    AUTH_REFRESH_DONE,    /* the token is spent, the new one stands */
    AUTH_REFRESH_REFUSED, /* no such token, or its session has ended */
    AUTH_REFRESH_REUSED,  /* the token was spent before: its session is now revoked, because either of the two
                             holders may be a thief */
};

struct auth_refresh {
    const char *token_hash;     /* of the token shown */
    const char *new_token_hash; /* of the one that replaces it */
    int64_t ttl_seconds;        /* the session's new remaining life */
    int64_t leeway_seconds;     /* how long a spent token of a cookie is still taken; 0: not at all */
    bool for_cookie;            /* the new token goes into a page's cookie */
    enum auth_refresh_outcome outcome;
    const char *session_id; /* set unless refused for want of the token */
    struct auth_user user;  /* set when done, with the roles of this moment */
};

/* Spends a refresh token; fills the last three members on DB_OK. Of concurrent calls with one token exactly
 * one gets DONE; within the leeway all do, and of their new tokens the first one that is used ends the
 * others.
 */
enum db_status auth_db_session_refresh(struct db_pool *pool, struct arena *arena,
                                       struct auth_refresh *refresh) MUST_CHECK;

/* Ends the session that a refresh token, spent or not, belongs to; an unknown one changes nothing. */
enum db_status auth_db_session_logout(struct db_pool *pool, const char *token_hash) MUST_CHECK;

/* Removes sessions that ran out at least a day ago, some hundreds at a time. Safe on many hosts at once. */
enum db_status auth_db_sessions_clean(struct db_pool *pool) MUST_CHECK;

/* Changes the name of the session's user. DB_NONE: as auth_db_user_of_session(). */
enum db_status auth_db_full_name_set(struct db_pool *pool, struct arena *arena, const char *user_id,
                                     const char *session_id, const char *full_name,
                                     struct auth_user *ret_user) MUST_CHECK;

struct auth_password_change {
    const char *user_id;
    const char *session_id; /* the only one that stays */
    const char *old_hash;   /* that the current password was checked against */
    const char *new_hash;
};

/* Changes the password and ends all other sessions. DB_NONE: it was changed meanwhile, or the session has
 * ended. */
enum db_status auth_db_password_set(struct db_pool *pool,
                                    const struct auth_password_change *change) MUST_CHECK;

struct auth_user_list {
    size_t count; /* up to one more than the page's limit: then there is a next page */
    struct auth_user *users;
};

/* Users whose e-mail address or name contains `part` in any case (NULL: all), newest first. */
enum db_status auth_db_users(struct db_pool *pool, struct arena *arena, const char *part,
                             const struct page *page, struct auth_user_list *ret_list) MUST_CHECK;

enum auth_roles_outcome {
    AUTH_ROLES_SET,
    AUTH_ROLES_NO_SESSION, /* the session of the asking user has ended */
    AUTH_ROLES_FORBIDDEN,  /* the asking user is not an admin any more */
    AUTH_ROLES_NO_USER,    /* no such user */
    AUTH_ROLES_LAST_ADMIN, /* no admin would be left */
};

struct auth_roles_change {
    const char *actor_id, *session_id; /* who asks */
    const char *user_id;               /* whose roles change */
    struct text_list roles;            /* all that the user shall have */
    enum auth_roles_outcome outcome;
    struct auth_user user; /* set when the roles are */
};

/* Replaces a user's roles; fills the last two members on DB_OK. Changes wait for each other, so two admins
 * cannot demote one another. */
enum db_status auth_db_roles_set(struct db_pool *pool, struct arena *arena,
                                 struct auth_roles_change *change) MUST_CHECK;

#endif
