/* webhook_endpoints_db.h: webhook endpoints in the database. Every change is recorded in audit_log. */
#ifndef TICKETING_OUTBOX_WEBHOOK_ENDPOINTS_DB_H
#define TICKETING_OUTBOX_WEBHOOK_ENDPOINTS_DB_H

#include "common/db.h"
#include "common/field.h"

enum { WEBHOOK_ENDPOINTS_MAX = 100 };

struct webhook_endpoint {
    const char *id;
    const char *url;
    const char *secret;
    struct text_list events;
    const char *created_by;
    const char *created_at; /* RFC 3339; set by the database */
};

/* DB_NONE: there are WEBHOOK_ENDPOINTS_MAX already. */
enum db_status webhook_endpoints_db_add(struct db_pool *pool, struct arena *arena,
                                        struct webhook_endpoint *endpoint) MUST_CHECK;

/* Endpoints as JSON texts, oldest first, with their latest deliveries; `id` NULL: all. DB_NONE: no such one.
 */
enum db_status webhook_endpoints_db_read(struct db_pool *pool, struct arena *arena, const char *id,
                                         const char ***ret_texts, size_t *ret_count) MUST_CHECK;

struct webhook_rotation {
    const char *id;
    const char *secret;      /* the new one */
    int64_t overlap_seconds; /* how long the one before goes on signing */
    const char *actor;
    const char *previous_until; /* RFC 3339; NULL: the one before signs no more; set by the database */
};

/* Gives the endpoint a new secret. DB_NONE: no such one. */
enum db_status webhook_endpoints_db_rotate(struct db_pool *pool, struct arena *arena,
                                           struct webhook_rotation *rotation) MUST_CHECK;

/* Enables the endpoint, to be tried at once, or disables it, with all that waits for it parked. DB_NONE: no
 * such one. */
enum db_status webhook_endpoints_db_switch(struct db_pool *pool, const char *id, bool enable,
                                           const char *actor) MUST_CHECK;

/* With all that waited for it. DB_NONE: no such one. */
enum db_status webhook_endpoints_db_delete(struct db_pool *pool, const char *id,
                                           const char *actor) MUST_CHECK;

enum webhook_replay {
    WEBHOOK_REPLAY_QUEUED,
    WEBHOOK_REPLAY_NO_EVENT, /* to start behind */
    WEBHOOK_REPLAY_DISABLED,
};

/* Queues everything behind event `after` (NULL: from the start) again. DB_NONE: no such endpoint. */
enum db_status webhook_endpoints_db_replay(struct db_pool *pool, const char *id, const char *after,
                                           const char *actor, enum webhook_replay *ret_outcome,
                                           int64_t *ret_queued) MUST_CHECK;

#endif
