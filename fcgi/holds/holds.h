/* holds.h: the responder that reserves seats for a short time. */
#ifndef TICKETING_HOLDS_H
#define TICKETING_HOLDS_H

#include "common/config.h"
#include "common/db.h"
#include "common/router.h"
#include "common/seatmap_cache.h"
#include "fcgi/holds/hold_queue.h"
#include "fcgi/holds/show_pins.h"

enum { SHOW_PINS = 8192 }; /* shows whose seat map and prices are remembered: 1.9 kB for each that is */

enum { TAKES_MAX = 10 }; /* of one seat by one user, before the seat is left to others for a while */

/* What the handlers share; read-only but for its members' own state. */
struct holds {
    struct db_pool *pool;
    struct show_pins *pins;
    struct seatmap_cache *maps;
    struct hold_queue *queue;
    struct hold_limits limits;
    const struct config *config;
};

extern const struct field_spec hold_create_body;

/* Answers with the problem that an outcome other than granted, released and extended stands for. */
enum problem hold_refuse(struct response *response, const struct config *config,
                         const struct hold_result *result);

handler_fn hold_create;  /* POST /holds */
handler_fn hold_list;    /* GET /holds */
handler_fn hold_read;    /* GET /holds/:id */
handler_fn hold_extend;  /* POST /holds/:id/extend */
handler_fn hold_release; /* DELETE /holds/:id */

#endif
