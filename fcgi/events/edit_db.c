/* edit_db.c: the statements around an edit: who may begin, what a deletion meets. */
#include "fcgi/events/edit_db.h"
#include "common/cleanup.h"
#include <string.h>

static const struct db_statement BEGIN = {
    .name = "edit_begin",
    .sql = "SELECT begin_edit($1::uuid, $2::uuid, $3::timestamptz)",
};

enum begin_column { BEGIN_FRESH };

enum deletion_column { OUTCOME, SOLD, PENDING };

enum db_status edit_begin(struct db *db, const struct edit *edit, bool *ret_fresh)
{
    const char *params[] = {edit->actor, edit->id, edit->seen};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    enum db_status status = db_query(db, &BEGIN, ARRAY_LENGTH(params), params, &result);
    if (status == DB_OK) {
        *ret_fresh = db_bool(result, 0, BEGIN_FRESH);
    }
    return status;
}

static enum db_status deletion_outcome(const char *outcome, enum deletion_state *ret_state)
{
    static const char *const names[] = {
        [DELETION_DONE] = "deleted",
        [DELETION_MISSING] = "not_found",
        [DELETION_HAS_ORDERS] = "has_orders",
    };
    for (size_t i = 0; outcome != NULL && i < ARRAY_LENGTH(names); i++) {
        if (strcmp(outcome, names[i]) == 0) {
            *ret_state = (enum deletion_state)i;
            return DB_OK;
        }
    }
    return DB_FAILED; /* schema and program do not belong together */
}

struct delete_step {
    const struct db_statement *statement;
    const struct edit *edit;
    struct deletion *deletion;
};

/* db_transaction_fn */
static enum db_status delete_step(struct db *db, void *context)
{
    const struct delete_step *step = context;
    bool fresh = false;
    *step->deletion = (struct deletion){.state = DELETION_STALE};
    enum db_status status = edit_begin(db, step->edit, &fresh);
    if (status != DB_OK || !fresh) {
        return status;
    }
    const char *params[] = {step->edit->id};
    CLEANUP(db_result_free) struct db_result *result = NULL;
    status = db_query_row(db, step->statement, ARRAY_LENGTH(params), params, &result);
    if (status != DB_OK) {
        return status;
    }
    step->deletion->sold = db_int(result, 0, SOLD);
    step->deletion->pending = db_int(result, 0, PENDING);
    return deletion_outcome(db_text(result, 0, OUTCOME), &step->deletion->state);
}

enum db_status edit_delete(struct db_pool *pool, const struct db_statement *statement,
                           const struct edit *edit, struct deletion *ret_deletion)
{
    struct delete_step step = {statement, edit, ret_deletion};
    return db_transaction(pool, delete_step, &step);
}
