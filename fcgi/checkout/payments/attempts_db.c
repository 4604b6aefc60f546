/* attempts_db.c: attempts at payments in the database. */
#include "fcgi/checkout/payments/attempts_db.h"
#include <string.h>

/* What both statements begin with after their first column. */
#define ATTEMPT_COLUMNS "order_id, attempt, amount, currency, description, email, expires_at"
enum attempt_column {
    ATTEMPT_FIRST, /* open_statement: outcome; claim_statement: payment */
    ATTEMPT_ORDER,
    ATTEMPT_NUMBER,
    ATTEMPT_AMOUNT,
    ATTEMPT_CURRENCY,
    ATTEMPT_DESCRIPTION,
    ATTEMPT_EMAIL,
    ATTEMPT_EXPIRES_AT,
    ATTEMPT_END,
};

/* $1 payment, $2 provider, $3 number of the attempt that failed, $4 least and $5 most seconds of a page */
static const struct db_statement open_statement = {
    .name = "payment_open",
    .sql = "SELECT outcome, " ATTEMPT_COLUMNS ", page "
           "FROM open_payment($1::uuid, $2::text, $3::int, $4::int, $5::int)",
};
enum open_column { OPEN_OUTCOME = ATTEMPT_FIRST, OPEN_PAGE_URL = ATTEMPT_END };

/* $1 payment, $2 number, $3 reference, $4 page */
static const struct db_statement record_statement = {
    .name = "payment_record",
    .sql = "SELECT record_attempt($1::uuid, $2::int, $3::text, $4::text)",
};

/* $1 provider, $2 rows, $3 seconds */
static const struct db_statement claim_statement = {
    .name = "payment_claim_checks",
    .sql = "SELECT payment, " ATTEMPT_COLUMNS ", reference, ended "
           "FROM claim_checks($1::text, $2::int, $3::int)",
};
enum claim_column { CLAIM_PAYMENT = ATTEMPT_FIRST, CLAIM_REFERENCE = ATTEMPT_END, CLAIM_ENDED };

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

static struct payment_attempt read_attempt(struct arena *arena, const struct db_result *rows, size_t row,
                                           const char *payment_id)
{
    return (struct payment_attempt){
        .payment_id = arena_text(arena, payment_id),
        .order_id = db_copy(arena, rows, row, ATTEMPT_ORDER),
        .number = db_int(rows, row, ATTEMPT_NUMBER),
        .amount = db_int(rows, row, ATTEMPT_AMOUNT),
        .currency = db_copy(arena, rows, row, ATTEMPT_CURRENCY),
        .description = db_copy(arena, rows, row, ATTEMPT_DESCRIPTION),
        .email = db_copy(arena, rows, row, ATTEMPT_EMAIL),
        .expires_at = db_int(rows, row, ATTEMPT_EXPIRES_AT),
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
        if (strcmp(outcomes[i], db_text(rows, 0, OPEN_OUTCOME)) == 0) {
            *ret_opened = (struct opened_payment){
                .outcome = (enum open_outcome)i,
                .page = db_copy(arena, rows, 0, OPEN_PAGE_URL),
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
            .attempt = read_attempt(arena, rows, i, db_text(rows, i, CLAIM_PAYMENT)),
            .reference = db_copy(arena, rows, i, CLAIM_REFERENCE),
            .ended = db_bool(rows, i, CLAIM_ENDED),
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
