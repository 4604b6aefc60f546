/* availability_snapshot.h: the states of all seats of one show as one database snapshot and one moment of the
 * database's clock had them.
 *
 * Brought up to date by the claims that changed since (availability_db.h) instead of being read again. Holds
 * end by the clock alone, so the expiry of every held seat is known here, and each update says what time it
 * is in the database. The answers are kept and patched: JSON allows spaces, so every state has a slot of
 * fixed width, and so has the version. Not shared between threads: the store's lock guards it; the bodies it
 * gives out are. */
#ifndef TICKETING_EVENTS_AVAILABILITY_SNAPSHOT_H
#define TICKETING_EVENTS_AVAILABILITY_SNAPSHOT_H

#include "common/seatmap.h"
#include "fcgi/events/availability_db.h"
#include "fcgi/events/shared_text.h"
#include "fcgi/events/text.h"

struct snapshot; /* opaque */

/* All seats available. The map is borrowed and must outlive the snapshot. `head` is that of a full read. */
struct snapshot *snapshot_new(const char *show_id, const struct seatmap *map, const struct claims_head *head)
    __attribute__((returns_nonnull));
void snapshot_free(struct snapshot *snapshot);

/* May claims with this head be applied? False when the database, or what the show pins, is not the one the
 * snapshot was read from. */
bool snapshot_fits(const struct snapshot *snapshot, const struct claims_head *head) MUST_CHECK;
/* Takes over the claims read since snapshot_xmin() (all of them after snapshot_new()). They must fit. Seats
 * that the map lacks are left out: they were claimed under an earlier seat map. */
void snapshot_apply(struct snapshot *snapshot, const struct claims *claims);

size_t snapshot_seats(const struct snapshot *snapshot);
/* What the next read has to ask for. */
uint64_t snapshot_xmin(const struct snapshot *snapshot);
/* The same for the same states of the same seats of the same show, on every host; it differs (but for one
 * case in 2^64) when a state does. */
uint64_t snapshot_fingerprint(const struct snapshot *snapshot);
/* Bytes of memory that it takes now. */
size_t snapshot_size(const struct snapshot *snapshot);

/* `{"showId":…,"availability":[{"seatId":…,"state":…}, …]}` and `{"showId":…,"version":…,"states":"aahs…"}`.
 * As long as nothing changes, the same body. The caller gives it back. */
struct shared_body *snapshot_full(struct snapshot *snapshot) __attribute__((returns_nonnull));
struct shared_body *snapshot_compact(struct snapshot *snapshot) __attribute__((returns_nonnull));
/* The version that answers carry now; lives until the next snapshot_apply(). It stays the same while nothing
 * changes. */
const char *snapshot_version(const struct snapshot *snapshot);
/* `{"showId":…,"version":…,"changes":[[index,"h"], …]}` with every seat that may differ from what `version`
 * said, added to `text`. False, and nothing added, when the version is not one of this show on this database:
 * the reader needs all states. */
bool snapshot_add_changes(const struct snapshot *snapshot, const char *version, struct text *text) MUST_CHECK;

#endif
