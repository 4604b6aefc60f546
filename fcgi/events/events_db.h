/* events_db.h: the statements about events. Text in records lives in the arena given. */
#ifndef TICKETING_EVENTS_DB_H
#define TICKETING_EVENTS_DB_H

#include "common/db.h"
#include "common/page.h"
#include "fcgi/events/edit_db.h"

struct event_record {
    const char *id;
    const char *title;
    const char *description; /* NULL: none, as are venue and image_url */
    const char *venue;
    const char *image_url;
    bool published;
    const char *time_zone;    /* of the venue, IANA name */
    bool transferable;        /* may owners pass tickets on? */
    int64_t duration_minutes; /* of a show that does not say when it ends */
    const char *next_show_at; /* RFC 3339; NULL when no show is to come */
    const char *created_at;   /* RFC 3339 */
    const char *updated_at;   /* RFC 3339 */
    const char *created_key;  /* created_at with microseconds, for page_cursor() */
    const char *updated_key;  /* updated_at with microseconds */
};

struct event_filter {
    bool drafts;      /* unpublished ones too */
    const char *text; /* words of title or venue, in any order, case and with or without accents; NULL: any */
    const char *from; /* RFC 3339: a show starts at this time or later; NULL: any */
    const char *to;   /* RFC 3339: a show starts before this time; NULL: any */
    struct page page;
};

/* What a client may set: the whole object; what is left out goes back to its default, which for `published`
 * is a draft. */
struct event_values {
    const char *title;
    const char *description;
    const char *venue;
    const char *image_url;
    bool published;
    const char *time_zone; /* as sent; NULL: the default */
    bool transferable;
    bool transferable_given;  /* else it is true */
    int64_t duration_minutes; /* 0: the default */
};

/* The newest first; up to page.limit + 1 rows, so that the caller sees whether there are more. */
enum db_status events_db_list(struct db_pool *pool, struct arena *arena, const struct event_filter *filter,
                              struct db_result **ret_rows) MUST_CHECK;
/* One row. DB_NONE when there is no such event, or it is a draft and `drafts` is false. */
enum db_status events_db_get(struct db_pool *pool, const char *id, bool drafts,
                             struct db_result **ret_rows) MUST_CHECK;
/* A row of these. */
void events_db_read(struct arena *arena, const struct db_result *rows, size_t row,
                    struct event_record *ret_event);
/* DB_INVALID when there is no such time zone: all else that the database would refuse, it never gets to see.
 * In a transaction of the caller's. */
enum db_status events_db_insert(struct db *db, struct arena *arena, const char *id,
                                const struct event_values *values, struct event_record *ret_event) MUST_CHECK;
/* DB_NONE when there is no such event; DB_INVALID as above. `*ret_fresh` is false, and nothing changed, when
 * the event is no longer as it was seen. */
enum db_status events_db_update(struct db_pool *pool, struct arena *arena, const struct edit *edit,
                                const struct event_values *values, struct event_record *ret_event,
                                bool *ret_fresh) MUST_CHECK;
/* Marks it deleted, which hides its shows as well. */
enum db_status events_db_delete(struct db_pool *pool, const struct edit *edit,
                                struct deletion *ret_deletion) MUST_CHECK;

#endif
