/* transfer_db.c: tickets on their way to another person, in the database. */
#include "fcgi/checkout/tickets/transfer_db.h"
#include <string.h>

/* $1 transfer, $2 ticket, $3 owner, $4 e-mail of the owner, $5 of the other side, $6 in its one spelling, $7
 * hash of the code */
static const struct db_statement start_statement = {
    .name = "transfer_start",
    .sql = "SELECT outcome, transfer_id FROM offer_ticket($1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, "
           "$6::text, $7::text)",
};

/* $1 ticket, $2 owner */
static const struct db_statement take_back_statement = {
    .name = "transfer_take_back",
    .sql = "SELECT take_back_transfer($1::uuid, $2::uuid) AS outcome",
};

/* $1 hash of the code, $2 who claims, $3 e-mail of the account, $4 in its one spelling */
static const struct db_statement claim_statement = {
    .name = "transfer_claim",
    .sql = "SELECT outcome, ticket_id FROM claim_ticket($1::text, $2::uuid, $3::text, $4::text)",
};

/* Of the statements above. */
enum run_column { RUN_OUTCOME, RUN_ID };

static bool outcome_from_name(const char *name, enum transfer_outcome *ret_outcome)
{
    static const struct {
        const char *name;
        enum transfer_outcome outcome;
    } outcomes[] = {
        {"started", TRANSFER_DONE},         {"changed", TRANSFER_DONE},   {"claimed", TRANSFER_DONE},
        {"taken_back", TRANSFER_DONE},      {"not_found", TRANSFER_NONE}, {"not_valid", TRANSFER_INVALID},
        {"not_transferable", TRANSFER_OFF},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(outcomes); i++) {
        if (strcmp(outcomes[i].name, name) == 0) {
            *ret_outcome = outcomes[i].outcome;
            return true;
        }
    }
    return false;
}

/* Runs a statement that gives an outcome and an id. */
static enum db_status run(struct db_pool *pool, struct arena *arena, const struct db_statement *statement,
                          size_t count, const char *const params[], enum transfer_outcome *ret_outcome,
                          const char **ret_id)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, statement, count, params, &rows);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(rows) == 0 || !outcome_from_name(db_text(rows, 0, RUN_OUTCOME), ret_outcome)) {
        return DB_FAILED;
    }
    const char *id = db_text(rows, 0, RUN_ID);
    *ret_id = id == NULL ? NULL : arena_text(arena, id);
    return DB_OK;
}

enum db_status transfer_db_start(struct db_pool *pool, struct arena *arena,
                                 const struct transfer_start *start, enum transfer_outcome *ret_outcome,
                                 const char **ret_transfer_id)
{
    const char *params[] = {start->transfer_id, start->ticket_id, start->owner,    start->owner_email,
                            start->email,       start->email_key, start->code_hash};
    return run(pool, arena, &start_statement, ARRAY_LENGTH(params), params, ret_outcome, ret_transfer_id);
}

enum db_status transfer_db_take_back(struct db_pool *pool, const char *ticket_id, const char *owner,
                                     enum transfer_outcome *ret_outcome)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status =
        db_run(pool, &take_back_statement, 2, (const char *const[]){ticket_id, owner}, &rows);
    if (status != DB_OK) {
        return status;
    }
    return outcome_from_name(db_text(rows, 0, RUN_OUTCOME), ret_outcome) ? DB_OK : DB_FAILED;
}

enum db_status transfer_db_claim(struct db_pool *pool, struct arena *arena, const char *code_hash,
                                 const char *user_id, const char *email, const char *email_key,
                                 enum transfer_outcome *ret_outcome, const char **ret_ticket_id)
{
    const char *params[] = {code_hash, user_id, email, email_key};
    return run(pool, arena, &claim_statement, ARRAY_LENGTH(params), params, ret_outcome, ret_ticket_id);
}
