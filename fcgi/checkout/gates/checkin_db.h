/* checkin_db.h: scans in the database. Who may enter is decided by the SQL function record_scans()
 * (schema/deploy). Texts returned live in the arena given. */
#ifndef TICKETING_GATES_CHECKIN_DB_H
#define TICKETING_GATES_CHECKIN_DB_H

#include "common/db.h"
#include "fcgi/checkout/gates/scan.h"
#include <jansson.h>
#include <string.h>

enum { SCANS_PER_CALL = 500 }; /* in one transaction at the most */

enum scan_outcome {
    SCAN_ACCEPTED,
    SCAN_DUPLICATE, /* the holder is inside (or out) already */
    SCAN_REFUSED,
};

/* The accepted scan that made another one a duplicate; times are RFC 3339. */
struct earlier_scan {
    const char *scan_id; /* NULL: it had none */
    const char *gate;
    const char *direction; /* NULL: there is no earlier scan */
    const char *at;
    const char *received_at;
};

struct scan_answer {
    enum scan_outcome outcome;
    const char *code;      /* of a refusal */
    const char *flag;      /* of an accepted upload: the rule that would have refused it; NULL: none */
    const char *ticket_id; /* NULL: none. The next two are NULL when there is no such ticket */
    const char *show_id;
    const char *seat_id;
    const char *direction;
    const char *scan_id;
    const char *gate;
    const char *at;          /* when it was scanned; NULL for a scan id that belongs to another scan */
    const char *received_at; /* when it came in here; NULL as `at` */
    bool reentry;            /* accepted, but not the first entry */
    bool replayed;           /* it had come in before, and this is the first answer */
    struct earlier_scan earlier;
};

/* True for a scan, told now, that is the first entry with its ticket. */
static inline bool scan_is_first_entry(const struct scan_answer *answer)
{
    return answer->outcome == SCAN_ACCEPTED && !answer->replayed && !answer->reentry &&
           strcmp(answer->direction, "in") == 0;
}

/* Judges and keeps up to SCANS_PER_CALL scans in one transaction; ret_answers[i] is that of scans[i]. */
enum db_status checkin_db_record(struct db_pool *pool, struct arena *arena, const char *by_user, size_t count,
                                 const struct scan scans[], struct scan_answer ret_answers[]) MUST_CHECK;

enum undo_outcome {
    UNDO_DONE,
    UNDO_NOT_CHECKED_IN,
    UNDO_NO_TICKET,
};

enum db_status checkin_db_undo(struct db_pool *pool, const char *ticket_id, const char *by_user,
                               enum undo_outcome *ret_outcome) MUST_CHECK;

/* The totals of a show as in the API; the caller owns the object. DB_NONE when there is no such show. */
enum db_status checkin_db_totals(struct db_pool *pool, const char *show_id, json_t **ret_totals) MUST_CHECK;

#endif
