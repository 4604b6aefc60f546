/* guess_db.c: the statements about attempts at passwords. */
#include "fcgi/auth/guess_db.h"

/* $1 account, $2 address, $3 attempts that cost no wait */
static const struct db_statement begin_statement = {
    .name = "guess_begin",
    .sql = "SELECT auth.guess_begin($1::text, coalesce($2::text, ''), $3::integer)",
};

/* as begin_statement */
static const struct db_statement right_statement = {
    .name = "guess_right",
    .repeatable = true,
    .sql = "SELECT auth.guess_right($1::text, coalesce($2::text, ''), $3::integer)",
};

static const struct db_statement clean_statement = {
    .name = "guess_clean",
    .repeatable = true,
    .sql = "SELECT auth.guess_clean()",
};

enum db_status guess_db_begin(struct db_pool *pool, struct arena *arena, const struct guess *guess,
                              int64_t *ret_wait_seconds)
{
    enum { WAIT_SECONDS };
    const char *const params[] = {guess->account, guess->address, db_number(arena, guess->free)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, &begin_statement, ARRAY_LENGTH(params), params, &rows);
    if (status == DB_OK) {
        *ret_wait_seconds = db_int(rows, 0, WAIT_SECONDS);
    }
    return status;
}

enum db_status guess_db_right(struct db_pool *pool, struct arena *arena, const struct guess *guess)
{
    const char *const params[] = {guess->account, guess->address, db_number(arena, guess->free)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run(pool, &right_statement, ARRAY_LENGTH(params), params, &rows);
}

enum db_status guess_db_clean(struct db_pool *pool)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run(pool, &clean_statement, 0, NULL, &rows);
}
