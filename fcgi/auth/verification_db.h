/* verification_db.h: proofs of addresses in the database (schema/deploy/email_verifications.sql). Texts live
 * in the arena given. */
#ifndef TICKETING_VERIFICATION_DB_H
#define TICKETING_VERIFICATION_DB_H

#include "common/db.h"

/* Writes down, as `id`, that a mail is to be sent to the user's address. `ret_wait_seconds` is 0 then, else
 * the address has got too many mails. DB_NONE: the address is proved already. */
enum db_status verification_db_ask(struct db_pool *pool, const char *id, const char *user_id,
                                   int64_t *ret_wait_seconds) MUST_CHECK;

enum verification_outcome {
    VERIFICATION_DONE,
    VERIFICATION_WRONG, /* it is another code, and one try less is left */
    VERIFICATION_OVER,  /* used, too old, tried too often, or none of this user's */
};

/* Spends a token in the user's session, which counts as proved from then on; the user becomes admin when the
 * address is `admin_email` (NULL: nobody's). */
enum db_status verification_db_by_token(struct db_pool *pool, const char *user_id, const char *session_id,
                                        const char *token_hash, const char *admin_email,
                                        enum verification_outcome *ret_outcome) MUST_CHECK;
/* Tries a code, which makes nobody admin: a code can be asked for on the telephone. */
enum db_status verification_db_by_code(struct db_pool *pool, const char *user_id, const char *session_id,
                                       const char *code, enum verification_outcome *ret_outcome) MUST_CHECK;

struct verification_mail {
    const char *id;
    const char *email;
};

/* Leases the mail that waits longest, and stores what it will carry: the hash of its token, and of its code.
 * DB_NONE: none is due. */
enum db_status verification_db_claim(struct db_pool *pool, struct arena *arena, const char *token_hash,
                                     const char *code_hash, struct verification_mail *ret_mail) MUST_CHECK;
/* The mail is on its way. */
enum db_status verification_db_sent(struct db_pool *pool, const char *id) MUST_CHECK;
/* It is not: it is tried again later, for a day, or never when `give_up`. */
enum db_status verification_db_failed(struct db_pool *pool, const char *id, const char *error,
                                      bool give_up) MUST_CHECK;
/* Removes what is older than a week, some hundreds at a time. */
enum db_status verification_db_clean(struct db_pool *pool) MUST_CHECK;

#endif
