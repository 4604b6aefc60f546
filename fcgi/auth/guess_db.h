/* guess_db.h: attempts at passwords in the database. The rules are in schema/deploy/guesses.sql. */
#ifndef TICKETING_AUTH_GUESS_DB_H
#define TICKETING_AUTH_GUESS_DB_H

#include "common/db.h"

struct guess {
    char account[65];    /* SHA-256 of the folded e-mail address, hexadecimal */
    const char *address; /* IP address that asks; NULL: not known */
    int64_t free;        /* attempts that cost no wait; at least 1 */
};

/* Counts an attempt. `*ret_wait_seconds` is 0 when it may go on. */
enum db_status guess_db_begin(struct db_pool *pool, struct arena *arena, const struct guess *guess,
                              int64_t *ret_wait_seconds) MUST_CHECK;
/* Takes an attempt back, and makes the network known to the account. */
enum db_status guess_db_right(struct db_pool *pool, struct arena *arena,
                              const struct guess *guess) MUST_CHECK;
/* Removes what has had its day, some hundred rows a call. */
enum db_status guess_db_clean(struct db_pool *pool) MUST_CHECK;

#endif
