/* idempotency.h: POST requests that may be repeated (IETF draft-ietf-httpapi-idempotency-key-header; Stripe's
 * behaviour).
 *
 * The answer is stored in the transaction that does the work, so either both happened or neither. A
 * transaction-scoped advisory lock on (user, key) tells that the first request is still running; it vanishes
 * with its connection, so a crash leaves nothing behind. */
#ifndef TICKETING_IDEMPOTENCY_H
#define TICKETING_IDEMPOTENCY_H

#include "common/db.h"
#include "common/request.h"
#include "common/response.h"

enum { IDEMPOTENCY_KEY_MAX = 255 };

struct idempotency {
    const char *user_id;
    const char *key;      /* NULL: the client sent none, and every function here does nothing */
    char fingerprint[65]; /* SHA-256 of method, path and body */
};

enum idempotency_state {
    IDEMPOTENCY_NEW,       /* do the work, then idempotency_store() */
    IDEMPOTENCY_REPLAY,    /* `stored` has the first answer */
    IDEMPOTENCY_IN_FLIGHT, /* 409 IDEMPOTENCY_IN_FLIGHT */
    IDEMPOTENCY_REUSED,    /* 422 IDEMPOTENCY_KEY_REUSED */
};

struct idempotency_answer {
    enum idempotency_state state;
    int status;           /* of the stored answer */
    const char *location; /* its Location header; NULL when it had none */
    const char *body;     /* in the arena */
};

/* Reads the Idempotency-Key header. A key that is empty, longer than 255 or not visible ASCII:
 * response_problem() INVALID_REQUEST, returned. */
enum problem idempotency_read(struct request *request, struct response *response,
                              struct idempotency *ret_idempotency) MUST_CHECK;

/* First step of the transaction: takes the lock and looks for a stored answer not older than 24 h (older ones
 * are removed). */
enum db_status idempotency_begin(struct db *db, struct arena *arena, const struct idempotency *idempotency,
                                 struct idempotency_answer *ret_answer) MUST_CHECK;

/* Last step of the transaction: stores status, Location and body (NULL: none). */
enum db_status idempotency_store(struct db *db, const struct idempotency *idempotency, int status,
                                 const char *location, const char *body) MUST_CHECK;

/* Answers for every state but IDEMPOTENCY_NEW; a replay carries `Idempotent-Replayed: true`. */
enum problem idempotency_respond(struct response *response,
                                 const struct idempotency_answer *answer) MUST_CHECK;

#endif
