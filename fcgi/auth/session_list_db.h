/* session_list_db.h: the statements about the sessions of one account. */
#ifndef TICKETING_SESSION_LIST_DB_H
#define TICKETING_SESSION_LIST_DB_H

#include "common/db.h"
#include "common/page.h"

struct auth_listed_session {
    const char *id;
    const char *created_at, *last_used_at, *expires_at; /* RFC 3339 */
    const char *position;                               /* created_at with microseconds, for page_cursor() */
};

struct auth_session_list {
    size_t count; /* up to one more than the page's limit: then there is a next page */
    struct auth_listed_session *sessions;
};

/* The sessions of a user that live, the latest login first; in the arena. DB_NONE: no such user. */
enum db_status auth_db_session_list(struct db_pool *pool, struct arena *arena, const char *user_id,
                                    const struct page *page, struct auth_session_list *ret_list) MUST_CHECK;

struct auth_session_end {
    const char *user_id;
    const char *session_id; /* the one to end; NULL: all */
    const char *kept_id;    /* the one that lives on; NULL: none */
    const char *admin_id;   /* the admin who ends them, for the audit log; NULL: their owner, no record */
};

/* Ends sessions of a user that live, and tells how many. DB_NONE: no such user. */
enum db_status auth_db_session_end(struct db_pool *pool, const struct auth_session_end *which,
                                   int64_t *ret_ended) MUST_CHECK;

#endif
