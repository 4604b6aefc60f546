/* creation.c: events and shows are made once, however often they are asked for under one key. */
#include "fcgi/events/creation.h"
#include "common/cleanup.h"
#include "common/idempotency.h"
#include "fcgi/events/edit_db.h"
#include <string.h>

struct step {
    struct request *request;
    const struct creation *creation;
    const struct idempotency *idempotency;
    struct idempotency_answer answer;
    char id[UUID_SIZE];
    const char *location;
    const char *body; /* in the request's arena */
};

static enum db_status make(struct db *db, struct step *step)
{
    const struct edit edit = {.actor = request_user(step->request)->user_id, .id = step->id};
    bool fresh = false;
    enum db_status status = edit_begin(db, &edit, &fresh);
    if (status != DB_OK) {
        return status;
    }
    json_auto_t *body = NULL;
    status = step->creation->insert(db, step->request, step->id, step->creation->context, &body);
    if (status != DB_OK) {
        return status;
    }
    CLEANUP(free) char *text = json_dumps(body, JSON_COMPACT);
    if (text == NULL) {
        return DB_FAILED;
    }
    step->body = arena_text(request_arena(step->request), text);
    return idempotency_store(db, step->idempotency, 201, step->location, step->body);
}

/* db_transaction_fn */
static enum db_status run_step(struct db *db, void *context)
{
    struct step *step = context;
    enum db_status status =
        idempotency_begin(db, request_arena(step->request), step->idempotency, &step->answer);
    return status == DB_OK && step->answer.state == IDEMPOTENCY_NEW ? make(db, step) : status;
}

enum problem creation_answer(struct request *request, struct response *response, struct db_pool *pool,
                             const struct creation *creation, enum db_status *ret_status)
{
    struct idempotency idempotency;
    *ret_status = DB_OK;
    enum problem problem = idempotency_read(request, response, &idempotency);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct step step = {.request = request, .creation = creation, .idempotency = &idempotency};
    uuid_new(step.id);
    step.location = arena_printf(request_arena(request), "/api%s%s", creation->path_prefix, step.id);
    *ret_status = db_transaction(pool, run_step, &step);
    if (*ret_status != DB_OK) {
        return PROBLEM_NONE;
    }
    if (step.answer.state != IDEMPOTENCY_NEW) {
        return idempotency_respond(response, &step.answer);
    }
    response_header(response, "Location", step.location);
    return response_bytes(response, 201, "application/json", step.body, strlen(step.body));
}
