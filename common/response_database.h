/* response_database.h: how every handler answers when the database could not do what was asked. */
#ifndef TICKETING_RESPONSE_DATABASE_H
#define TICKETING_RESPONSE_DATABASE_H

#include "common/db.h"
#include "common/response.h"

/* Answers for a database status other than DB_OK: 503 with Retry-After for a database that is away
 * (DB_UNAVAILABLE) or too busy (DB_RETRY), 422 for values that its constraints refuse (DB_INVALID), 500 for a
 * failed statement. `missing` is the problem that DB_NONE stands for. */
enum problem response_database(struct response *response, enum db_status status,
                               enum problem missing) MUST_CHECK;

#endif
