/* shows_db.h: the statements about shows. Text in records lives in the arena given. */
#ifndef TICKETING_EVENTS_SHOWS_DB_H
#define TICKETING_EVENTS_SHOWS_DB_H

#include "common/db.h"
#include "common/page.h"
#include "fcgi/events/edit_db.h"

struct show_record {
    const char *id;
    const char *event_id;
    const char *starts_at; /* RFC 3339, as are the other times */
    const char *ends_at;   /* NULL: none, as are the next two */
    const char *sales_start_at;
    const char *sales_end_at;
    const char *seatmap_id;
    int64_t seatmap_version;
    const char *currency;
    const char *price_tiers; /* JSON object of the prices that differ from the template's; NULL: none does */
    bool sales_open;         /* can seats be held now? */
    const char *created_at;
    const char *updated_at;
    const char *admission_start_at; /* NULL: there is no earliest time; the next one: no latest */
    const char *admission_end_at;
    bool reentry;               /* a ticket that was scanned out may come in again */
    const char *outside_refund; /* what money that went back outside does to tickets: "void" or "keep" */
    const char *updated_key;    /* updated_at with microseconds; the next one is starts_at */
    const char *starts_key;
};

struct show_filter {
    const char *event_id;
    bool drafts; /* also of an event that is not published */
    const char
        *from; /* RFC 3339: a show starts at this time or later; NULL: it did not end more than a day ago */
    struct page page; /* by starts_at */
};

/* What a client may set, checked. */
struct show_values {
    const char *starts_at;
    const char *ends_at;
    const char *sales_start_at;
    const char *sales_end_at;
    const char *seatmap_id;
    const char *currency;
    const char *price_tiers; /* JSON object; NULL: the template's prices */
    const char *admission_start_at;
    const char *admission_end_at;
    bool reentry;
    const char *outside_refund; /* "void" or "keep" */
};

/* What the database knows about values before they are written. */
struct show_check {
    int64_t newest_version; /* of the seat map; 0: there is none */
    bool ends_late_enough;  /* ends_at > starts_at, or not given */
    bool sales_end_late_enough;
    bool admission_end_late_enough;
    bool sales_end_in_time;        /* not after ends_at, or one of them is not given */
    bool admission_starts_in_time; /* before ends_at, or one of them is not given */
    bool in_use;                   /* seats of the show are held, sold or being paid */
};

enum show_update {
    SHOW_UPDATED,
    SHOW_MISSING,
    SHOW_CLAIMED,    /* the seat map would change under held or sold seats */
    SHOW_NO_SEATMAP, /* no such seat map */
    SHOW_STALE,      /* it is no longer as it was seen */
};

/* By start; up to page.limit + 1 rows. shows_db_count() says how many are shows: an event that has none still
 * has a row. DB_NONE when there is no such event, or it is a draft and `drafts` is false. */
enum db_status shows_db_list(struct db_pool *pool, struct arena *arena, const struct show_filter *filter,
                             struct db_result **ret_rows) MUST_CHECK;
size_t shows_db_count(const struct db_result *rows);
/* One row. DB_NONE when there is no such show, or its event is a draft and `drafts` is false. */
enum db_status shows_db_get(struct db_pool *pool, const char *id, bool drafts,
                            struct db_result **ret_rows) MUST_CHECK;
/* A row of these. */
void shows_db_read(struct arena *arena, const struct db_result *rows, size_t row,
                   struct show_record *ret_show);
/* The same with nothing but id, seat map and prices: what the seats of the show are made of. */
enum db_status shows_db_get_map(struct db_pool *pool, const char *id, bool drafts,
                                struct db_result **ret_rows) MUST_CHECK;
void shows_db_read_map(struct arena *arena, const struct db_result *rows, struct show_record *ret_show);
enum db_status shows_db_check(struct db_pool *pool, const char *show_id, const struct show_values *values,
                              struct show_check *ret_check) MUST_CHECK;
/* DB_NONE when there is no such event. In a transaction of the caller's. */
enum db_status shows_db_insert(struct db *db, struct arena *arena, const char *id, const char *event_id,
                               int64_t seatmap_version, const struct show_values *values,
                               struct show_record *ret_show) MUST_CHECK;
enum db_status shows_db_update(struct db_pool *pool, const struct edit *edit, int64_t seatmap_version,
                               const struct show_values *values, enum show_update *ret_update) MUST_CHECK;
enum db_status shows_db_delete(struct db_pool *pool, const struct edit *edit,
                               struct deletion *ret_deletion) MUST_CHECK;

#endif
