/* router.h: what a room of a responder includes: its route table, and what a handler may ask and answer. */
#ifndef TICKETING_ROUTER_H
#define TICKETING_ROUTER_H

#include "common/request.h"
#include "common/response.h"
#include "common/route.h"

#endif
