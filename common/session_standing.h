/* session_standing.h: does the bearer of a token still have the roles that the token says? The database is
 * asked for staff and admins, whose tokens must not outlive a logout, a password reset or a demotion. For
 * buyers it is not asked. */
#ifndef TICKETING_SESSION_STANDING_H
#define TICKETING_SESSION_STANDING_H

#include "common/db.h"
#include "common/request.h"
#include "common/response.h"

/* Gives the request's user the roles of this moment; a role that the token does not say is not added.
 * Another value than PROBLEM_NONE is the answer: 401 when the session has ended, or what a database failure
 * leads to. A user whom `pool`'s database does not know keeps the roles of the token. */
enum problem session_standing(struct db_pool *pool, struct request *request,
                              struct response *response) MUST_CHECK;

#endif
