/* outbox_db.h: domain events on their way to receivers. The rules of order, leases and retries are in the SQL
 * functions of schema/deploy/relay.sql. Texts returned live in the arena given. */
#ifndef TICKETING_OUTBOX_OUTBOX_DB_H
#define TICKETING_OUTBOX_OUTBOX_DB_H

#include "common/db.h"

/* Queues up to `batch` new events for their receivers. */
enum db_status outbox_db_dispatch(struct db_pool *pool, struct arena *arena, int batch,
                                  int64_t *ret_dispatched) MUST_CHECK;

/* Queues a mail for up to `batch` holders of tickets whose show has changed. `*ret_more` is false when none
 * was left to do here. */
enum db_status outbox_db_queue_show_mails(struct db_pool *pool, struct arena *arena, int batch,
                                          bool *ret_more) MUST_CHECK;

struct delivery {
    const char *id;
    const char *attempt; /* from "1" on */
    bool is_mail;
    const char *kind; /* mail: about an order; giver_mail, taker_mail: about a transfer; show_mail: about a
                         show that has changed; webhook */
    const char *url;
    const char *secret; /* signs it; several are separated by commas */
    const char *event_id;
    const char *type;
    const char *created_at; /* of the event, RFC 3339 */
    const char *data;       /* JSON */
    const char *key;        /* the order or show; for a show_mail, the holder of tickets who gets it */
};

/* Leases up to `wanted` deliveries that are due. */
enum db_status outbox_db_claim(struct db_pool *pool, struct arena *arena, int wanted,
                               struct delivery **ret_deliveries, size_t *ret_count) MUST_CHECK;

struct delivery_result {
    const char *delivery_id;
    const char *attempt;
    const char *outcome; /* see finish_delivery() */
    int status;          /* of HTTP or SMTP; 0: none */
    const char *error;   /* NULL: none */
    int64_t duration_ms;
};

/* `*ret_state`: waiting, delivered, parked or deleted. */
enum db_status outbox_db_finish(struct db_pool *pool, struct arena *arena,
                                const struct delivery_result *result, const char **ret_state) MUST_CHECK;

/* Removes what was finished long ago, and secrets that sign no more. */
enum db_status outbox_db_clean(struct db_pool *pool) MUST_CHECK;

struct outbox_lag {
    int64_t waiting; /* events not queued and deliveries not finished */
    int64_t seconds; /* age of the oldest of them */
};
enum db_status outbox_db_lag(struct db_pool *pool, struct outbox_lag *ret_lag) MUST_CHECK;

struct outbox_event {
    const char *id;
    const char *type;
    const char *created_at; /* RFC 3339 */
    const char *data;       /* JSON */
};

/* Up to `limit` + 1 events behind `after` (NULL: from the start), oldest first. DB_NONE: there is no event
 * `after`. */
enum db_status outbox_db_log(struct db_pool *pool, struct arena *arena, const char *after, int64_t limit,
                             struct outbox_event **ret_events, size_t *ret_count) MUST_CHECK;

#endif
