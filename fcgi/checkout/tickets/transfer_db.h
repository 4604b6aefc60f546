/* transfer_db.h: tickets on their way to another person, in the database (schema/deploy/transfers_told.sql).
 * Texts returned live in the arena given. */
#ifndef TICKETING_TICKETS_TRANSFER_DB_H
#define TICKETING_TICKETS_TRANSFER_DB_H

#include "common/db.h"

enum transfer_outcome {
    TRANSFER_DONE,    /* started, its address and code changed, or claimed */
    TRANSFER_NONE,    /* no such ticket of this user, or no such transfer to this address */
    TRANSFER_INVALID, /* the ticket is used or void */
    TRANSFER_OFF,     /* the event does not allow it, or it was passed on 4095 times */
};

struct transfer_start {
    const char *transfer_id; /* of a new one */
    const char *ticket_id;
    const char *owner;
    const char *owner_email;
    const char *email;     /* of the new owner */
    const char *email_key; /* in its one spelling: email_canonical() */
    const char *code_hash; /* SHA-256 in hex */
};

/* `*ret_transfer_id` is set for TRANSFER_DONE: that of the transfer which waits already, when there is one.
 */
enum db_status transfer_db_start(struct db_pool *pool, struct arena *arena,
                                 const struct transfer_start *start, enum transfer_outcome *ret_outcome,
                                 const char **ret_transfer_id) MUST_CHECK;

/* TRANSFER_NONE when no ticket of this user with this id is on its way; TRANSFER_INVALID when it was refunded
 * on its way. */
enum db_status transfer_db_take_back(struct db_pool *pool, const char *ticket_id, const char *owner,
                                     enum transfer_outcome *ret_outcome) MUST_CHECK;

/* Makes `user_id` the owner; `email` is that of the account, `email_key` its one spelling. `*ret_ticket_id`
 * is set for TRANSFER_DONE. */
enum db_status transfer_db_claim(struct db_pool *pool, struct arena *arena, const char *code_hash,
                                 const char *user_id, const char *email, const char *email_key,
                                 enum transfer_outcome *ret_outcome, const char **ret_ticket_id) MUST_CHECK;

#endif
