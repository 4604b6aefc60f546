/* audit_db.h: the audit log in the database. */
#ifndef TICKETING_AUDIT_DB_H
#define TICKETING_AUDIT_DB_H

#include "common/db.h"
#include "common/page.h"

/* Rows that fit all that is set. */
struct audit_filter {
    struct text_list objects; /* one of these, as in the log: "order <id>"; a count of 0: any */
    const char *actor;        /* NULL: anybody */
    const char *from;         /* RFC 3339; NULL: from the beginning */
    const char *to;           /* this moment is not included; NULL: up to now */
};

struct audit_row {
    const char *at;
    const char *actor; /* NULL: the system */
    const char *action;
    const char *subject;
    const char *reason; /* NULL: none was given */
    const char *detail; /* JSON; NULL: none */
    const char *cursor_time;
    const char *cursor_id; /* the row's number written as a UUID */
};

/* The newest first: page->limit + 1 at the most. Texts live in the arena. */
enum db_status audit_db_list(struct db_pool *pool, struct arena *arena, const struct audit_filter *filter,
                             const struct page *page, struct audit_row **ret_rows,
                             size_t *ret_count) MUST_CHECK;

#endif
