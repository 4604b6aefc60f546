/* change_log.h: the seats of a show in the order in which they changed, so that a reader who was here a
 * moment ago is told of a few seats without a look at all of them. A ring: what is too long ago is forgotten.
 */
#ifndef TICKETING_EVENTS_CHANGE_LOG_H
#define TICKETING_EVENTS_CHANGE_LOG_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct change_log; /* opaque; guarded by its user */

/* For a house of `seats` seats. */
struct change_log *change_log_new(size_t seats) __attribute__((returns_nonnull));
void change_log_free(struct change_log *log);
size_t change_log_size(const struct change_log *log);

/* Seat `index` changed in a read that saw no transaction id beyond `newest` and took place at `now`
 * (microseconds) of the database's clock. */
void change_log_add(struct change_log *log, size_t index, uint64_t newest, int64_t now);

/* The seats, in ascending order and each once, that may have changed in transactions of id `xmin` or later,
 * or later than `now`; it may name more, never fewer. False when the log does not reach back that far. The
 * caller frees `*ret_seats`. */
bool change_log_since(const struct change_log *log, uint64_t xmin, int64_t now, uint32_t **ret_seats,
                      size_t *ret_count) MUST_CHECK;

#endif
