/* edit_db.h: the steps that edits of events and shows have in common. */
#ifndef TICKETING_EVENTS_EDIT_DB_H
#define TICKETING_EVENTS_EDIT_DB_H

#include "common/db.h"

/* An edit: by whom, of what, as seen when. */
struct edit {
    const char *actor; /* id of a user */
    const char *id;    /* of the event or show */
    const char *seen;  /* its updated_at with microseconds; NULL: any */
};

enum deletion_state { DELETION_DONE, DELETION_MISSING, DELETION_HAS_ORDERS, DELETION_STALE };

struct deletion {
    enum deletion_state state;
    int64_t sold;    /* DELETION_HAS_ORDERS: seats sold */
    int64_t pending; /* and orders that wait for their payment */
};

/* First step of an edit's transaction: keeps other edits of the same thing waiting until it ends, and names
 * the actor to the audit log. `*ret_fresh` is false when the thing is no longer as it was seen. */
enum db_status edit_begin(struct db *db, const struct edit *edit, bool *ret_fresh) MUST_CHECK;

/* Deletes by `statement`, which takes the id and gives outcome, sold and pending (delete_show, delete_event).
 */
enum db_status edit_delete(struct db_pool *pool, const struct db_statement *statement,
                           const struct edit *edit, struct deletion *ret_deletion) MUST_CHECK;

#endif
