/* creation.h: POST of a new event or show, which may carry an Idempotency-Key: the same key makes one thing
 * however often the request is sent. */
#ifndef TICKETING_EVENTS_CREATION_H
#define TICKETING_EVENTS_CREATION_H

#include "common/db.h"
#include "common/identifier.h"
#include "common/request.h"
#include "common/response.h"

struct creation {
    const char *path_prefix; /* of Location, behind /api: "/events/" */
    /* Writes the new thing in the transaction given and returns its JSON, a new reference. May be run again.
     */
    enum db_status (*insert)(struct db *db, struct request *request, const char *id, void *context,
                             json_t **ret_body);
    void *context;
};

/* Answers 201 with the new thing, or as before when the key was used before. Other ends of `insert` are
 * returned for the handler to answer: `*ret_status` is then not DB_OK, and nothing has been written. */
enum problem creation_answer(struct request *request, struct response *response, struct db_pool *pool,
                             const struct creation *creation, enum db_status *ret_status) MUST_CHECK;

#endif
