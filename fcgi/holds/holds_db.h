/* holds_db.h: what the holds responder asks of the database. The rules are in the SQL functions take_seats(),
 * release_holds(), release_hold() and extend_hold() (schema/deploy). Texts returned live in the arena given.
 */
#ifndef TICKETING_HOLDS_DB_H
#define TICKETING_HOLDS_DB_H

#include "common/db.h"
#include "common/field.h"
#include "common/idempotency.h"
#include "fcgi/holds/show_pins.h"

struct hold {
    const char *id;
    const char *show_id;
    struct text_list seats;  /* in the order of the seat map */
    struct text_list prices; /* decimal minor units, one a seat; none: the hold did not keep any */
    const char *currency;    /* NULL without prices */
    int64_t expires_at_ms;   /* since the epoch */
};

enum hold_outcome {
    HOLD_GRANTED,           /* all seats are held */
    HOLD_SEATS_UNAVAILABLE, /* none is; `taken` says which others have */
    HOLD_SHOW_NOT_FOUND,    /* no such show, or not a published one */
    HOLD_SALES_CLOSED,      /* not on sale now */
    HOLD_SHOW_CHANGED,      /* the show has another seat map than the one given: load it again */
    HOLD_COOLDOWN,          /* the user has had one of the seats for so long that others come first */
    HOLD_LIMIT_REACHED,     /* the user would hold too many seats of this show */
    HOLD_AGAIN,             /* nothing was decided: put it into the next batch (batches of two and more) */
    HOLD_RELEASED,          /* the hold was given back: its seats are free */
    HOLD_NOT_FOUND,         /* there is none to give back or to extend: not live, or not the user's */
    HOLD_EXTENDED,          /* it lasts longer now */
    HOLD_MAX_DURATION,      /* it lasts as long as it may already */
};

/* By the name that the SQL functions use. */
bool hold_outcome_from_name(const char *name, enum hold_outcome *ret_outcome) MUST_CHECK;

struct hold_limits {
    int64_t ttl_seconds;
    int64_t max_held_seats;   /* of one user in one show */
    int64_t max_seconds;      /* see take_seats: how long, */
    int64_t max_takes;        /* and how often, a user may have a seat before */
    int64_t cooldown_seconds; /* he leaves it to others; 0: no such rule */
};

struct hold_result {
    enum hold_outcome outcome;
    struct text_list taken; /* HOLD_SEATS_UNAVAILABLE: exactly the taken ones, as in the request */
};

/* One request for seats, or to give a hold back. */
struct hold_request {
    struct arena *arena; /* of the result's texts */
    const char *user_id;
    bool release;           /* give back the hold whose id is hold->id; nothing else is looked at */
    const char *seatmap_id; /* the map that the seats were checked against */
    int64_t seatmap_version;
    const char *show_moment; /* updated_at of the show whose prices the hold has; NULL: it has none */
    struct hold *hold;       /* expires_at_ms is set when granted */
    struct hold_result result;
};

/* The seat map of a published show; DB_NONE when there is no such show. The pin's zone_prices are left alone:
 * `*ret_price_tiers` (JSON text in the arena, NULL: none) says them together with the seat map. */
enum db_status holds_db_pin(struct db_pool *pool, struct arena *arena, const char *show_id,
                            struct show_pin *ret_pin, const char **ret_price_tiers) MUST_CHECK;

/* Tries to grant `count` requests in one statement, which is one transaction; each has its own outcome, the
 * earlier request wins a seat that two want. What one of them gives back cannot be had by another one yet. */
enum db_status holds_db_hold(struct db_pool *pool, const struct hold_limits *limits,
                             struct hold_request *const requests[], size_t count) MUST_CHECK;
/* Gives back one hold that was HOLD_AGAIN in a batch, and waits for the transaction that has a lock on it. */
enum db_status holds_db_release(struct db_pool *pool, struct hold_request *request) MUST_CHECK;

/* Makes the answer's body from a granted hold; in the arena. */
typedef const char *hold_render_fn(struct arena *arena, const struct hold *hold);

/* One request under an Idempotency-Key. When ret_answer->state is not IDEMPOTENCY_NEW nothing was tried.
 * `request->seatmap_id` NULL: only looks whether the key has been used. Only a granted hold is stored, as
 * `render` makes it: a sale opens and a seat becomes free, so a refusal must not be repeated for a day. */
enum db_status holds_db_hold_once(struct db_pool *pool, const struct hold_limits *limits,
                                  const struct idempotency *idempotency, struct hold_request *request,
                                  hold_render_fn *render, struct idempotency_answer *ret_answer) MUST_CHECK;

/* The user's live holds, newest first, at most 100. */
enum db_status holds_db_list(struct db_pool *pool, struct arena *arena, const char *user_id,
                             struct hold **ret_holds, size_t *ret_count) MUST_CHECK;
/* One of them; DB_NONE when it is not live or not the user's. */
enum db_status holds_db_read(struct db_pool *pool, struct arena *arena, const char *hold_id,
                             const char *user_id, struct hold *ret_hold) MUST_CHECK;

struct hold_extension {
    const char *hold_id;
    const char *user_id;
    int64_t ttl_seconds; /* from now */
    int64_t max_seconds; /* from the hold's start, at the most */
};

/* Makes a hold last longer. Outcomes: HOLD_EXTENDED, and only then `*ret_hold` is set; HOLD_NOT_FOUND,
 * HOLD_MAX_DURATION, HOLD_SHOW_NOT_FOUND, HOLD_SALES_CLOSED. */
enum db_status holds_db_extend(struct db_pool *pool, struct arena *arena,
                               const struct hold_extension *extension, struct hold *ret_hold,
                               enum hold_outcome *ret_outcome) MUST_CHECK;

#endif
