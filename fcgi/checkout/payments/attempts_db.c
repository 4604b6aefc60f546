/* attempts_db.c: attempts at payments in the database. */
#include "fcgi/checkout/payments/attempts_db.h"
#include <string.h>

/* $1 payment, $2 provider, $3 number of the attempt that failed, $4 least and $5 most seconds of a page */
static const struct db_statement open_statement = {
    .name = "payment_open",
    .sql = "SELECT outcome, order_id, attempt, amount, currency, description, email, expires_at, page "
           "FROM open_payment($1::uuid, $2::text, $3::int, $4::int, $5::int)",
};

/* $1 payment, $2 number, $3 reference, $4 page */
static const struct db_statement record_statement = {
    .name = "payment_record",
    .sql = "SELECT record_attempt($1::uuid, $2::int, $3::text, $4::text)",
};

/* $1 provider, $2 rows, $3 seconds */
static const struct db_statement claim_statement = {
    .name = "payment_claim_checks",
    .sql = "SELECT payment, order_id, attempt, amount, currency, description, email, expires_at, reference, "
           "ended FROM claim_checks($1::text, $2::int, $3::int)",
};

/* $1 payment, $2 number */
static const struct db_statement postpone_statement = {
    .name = "payment_postpone",
    .sql = "SELECT postpone_check($1::uuid, $2::int)",
};

/* $1 payment, $2 reference */
static const struct db_statement end_statement = {
    .name = "payment_end_attempt",
    .sql = "SELECT end_attempt($1::uuid, $2::text)",
};

/* From the columns order_id, attempt, amount, currency, description, email, expires_at, which are 1 to 7 in
 * both statements. */
static struct payment_attempt read_attempt(struct arena *arena, const struct db_result *rows, size_t row,
                                           const char *payment_id)
{
    return (struct payment_attempt){
        .payment_id = arena_text(arena, payment_id),
        .order_id = db_copy(arena, rows, row, 1),
        .number = db_int(rows, row, 2),
        .amount = db_int(rows, row, 3),
        .currency = db_copy(arena, rows, row, 4),
        .description = db_copy(arena, rows, row, 5),
        .email = db_copy(arena, rows, row, 6),
        .expires_at = db_int(rows, row, 7),
    };
}

enum db_status payment_attempts_db_open(struct db_pool *pool, struct arena *arena,
                                        const struct payment_provider *provider, const char *payment_id,
                                        int64_t failed, struct opened_payment *ret_opened)
{
    static const char *const outcomes[] = {
        [OPEN_NOT_FOUND] = "not_found", [OPEN_SETTLED] = "settled", [OPEN_ENDED] = "ended",
        [OPEN_PAGE] = "open",           [OPEN_ATTEMPT] = "attempt",
    };
    const char *params[] = {payment_id, provider->name, db_number(arena, failed),
                            db_number(arena, provider->least_seconds),
                            db_number(arena, provider->most_seconds)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &open_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(outcomes); i++) {
        if (strcmp(outcomes[i], db_text(rows, 0, 0)) == 0) {
            *ret_opened = (struct opened_payment){
                .outcome = (enum open_outcome)i,
                .page = db_copy(arena, rows, 0, 8),
                .attempt = read_attempt(arena, rows, 0, payment_id),
            };
            return DB_OK;
        }
    }
    return DB_FAILED;
}

enum db_status payment_attempts_db_record(struct db_pool *pool, struct arena *arena,
                                          const struct payment_attempt *attempt,
                                          const struct payment_page *page)
{
    const char *params[] = {attempt->payment_id, db_number(arena, attempt->number), page->reference,
                            page->url};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run(pool, &record_statement, ARRAY_LENGTH(params), params, &rows);
}

enum db_status payment_attempts_db_claim(struct db_pool *pool, struct arena *arena, const char *provider,
                                         int64_t limit, int64_t lease_seconds,
                                         struct payment_check **ret_checks, size_t *ret_count)
{
    const char *params[] = {provider, db_number(arena, limit), db_number(arena, lease_seconds)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &claim_statement, ARRAY_LENGTH(params), params, &rows);
    if (status != DB_OK) {
        return status;
    }
    size_t count = db_rows(rows);
    struct payment_check *checks = arena_alloc(arena, (count + 1) * sizeof(*checks));
    for (size_t i = 0; i < count; i++) {
        checks[i] = (struct payment_check){
            .attempt = read_attempt(arena, rows, i, db_text(rows, i, 0)),
            .reference = db_copy(arena, rows, i, 8),
            .ended = db_bool(rows, i, 9),
        };
    }
    *ret_checks = checks;
    *ret_count = count;
    return DB_OK;
}

enum db_status payment_attempts_db_postpone(struct db_pool *pool, struct arena *arena,
                                            const struct payment_attempt *attempt)
{
    const char *params[] = {attempt->payment_id, db_number(arena, attempt->number)};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run(pool, &postpone_statement, ARRAY_LENGTH(params), params, &rows);
}

enum db_status payment_attempts_db_end(struct db_pool *pool, const char *payment_id, const char *reference)
{
    const char *params[] = {payment_id, reference};
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    return db_run(pool, &end_statement, ARRAY_LENGTH(params), params, &rows);
}
