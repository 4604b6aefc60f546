/* scan_list_db.h: the scans of a show, as the desk reads them. Texts live in the arena given. */
#ifndef TICKETING_GATES_SCAN_LIST_DB_H
#define TICKETING_GATES_SCAN_LIST_DB_H

#include "common/db.h"
#include "common/page.h"
#include "fcgi/checkout/gates/checkin_db.h"

/* Times are RFC 3339. */
struct kept_scan {
    const char *id;
    const char *scan_id; /* given by the gate; NULL: none */
    const char *outcome; /* accepted, duplicate, refused, undone */
    const char *reason;  /* of a refusal, see answer.c; NULL: none */
    const char *flag;    /* the rule that would have refused an upload; NULL: none */
    const char *direction;
    const char *ticket_id;
    const char *seat_id;
    const char *gate; /* NULL: not named */
    const char *at;   /* when it was scanned */
    const char *received_at;
    const char *cursor_time;     /* for page_cursor() */
    struct earlier_scan earlier; /* the accepted scan of the ticket before it */
};

enum scan_choice { SCANS_ALL, SCANS_FLAGGED, SCANS_NOT_FLAGGED };

/* The newest first; up to page->limit + 1 scans. DB_NONE when there is no such show. */
enum db_status scan_list_db_read(struct db_pool *pool, struct arena *arena, const char *show_id,
                                 enum scan_choice choice, const struct page *page,
                                 struct kept_scan **ret_scans, size_t *ret_count) MUST_CHECK;

#endif
