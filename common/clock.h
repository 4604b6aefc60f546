/* clock.h: time for display, tokens and measurement. Expiry of holds and orders is decided by the database's
 * clock, never here. */
#ifndef TICKETING_CLOCK_H
#define TICKETING_CLOCK_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stdint.h>

/* Seconds and milliseconds since the epoch (CLOCK_REALTIME). */
int64_t clock_seconds(void);
int64_t clock_milliseconds(void);
/* Microseconds of CLOCK_MONOTONIC, for durations. */
int64_t clock_monotonic_us(void);

enum { RFC3339_SIZE = 32 };
/* "2026-12-01T12:00:00Z" from seconds since the epoch. */
void clock_format(int64_t seconds, char ret_text[static RFC3339_SIZE]);
/* True when `text` is a valid RFC 3339 date-time that PostgreSQL takes as well: real calendar day, years 1970
 * to 9999, optional fraction of at most 9 digits, any offset up to 15:59. */
bool clock_is_rfc3339(const char *text);

#endif
