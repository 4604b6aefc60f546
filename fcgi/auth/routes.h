/* routes.h: the route table of this responder. */
#ifndef TICKETING_AUTH_ROUTES_H
#define TICKETING_AUTH_ROUTES_H

#include "common/memory.h"
#include "common/route.h"

/* The table, in the arena; new passwords have `shortest_password` characters or more. */
struct route_table auth_routes(struct arena *arena, int64_t shortest_password) MUST_CHECK;

#endif
