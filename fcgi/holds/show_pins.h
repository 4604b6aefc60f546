/* show_pins.h: which seat map version each show is pinned to and what its zones cost, remembered so that a
 * hold costs no look-up.
 *
 * A remembered pin may be out of date (an admin changed the show). It is only used to check seat ids early
 * and to price them, and is sent along with the hold: the database compares it with the truth and answers
 * show_changed when they differ. */
#ifndef TICKETING_SHOW_PINS_H
#define TICKETING_SHOW_PINS_H

#include "common/identifier.h"
#include "common/seatmap.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHOW_MOMENT_SIZE = 48 };

struct show_pin {
    char show_id[UUID_SIZE];
    char seatmap_id[SEAT_ID_MAX + 1];
    int64_t seatmap_version;
    char updated_at[SHOW_MOMENT_SIZE]; /* of the show, as PostgreSQL prints it: says which prices these are */
    char currency[4];
    int64_t zone_prices[SEATMAP_ZONES_MAX]; /* minor units, by the seat map's zones */
};

struct show_pins; /* opaque; shared between threads */

/* Room for `capacity` pins, rounded up to a multiple of 8; shows whose ids fall together displace each other.
 * Never NULL. */
struct show_pins *show_pins_new(size_t capacity);
void show_pins_free(struct show_pins *pins);

/* True and a copy of the pin when the show's is remembered. */
bool show_pins_find(struct show_pins *pins, const char *show_id, struct show_pin *ret_pin);
void show_pins_remember(struct show_pins *pins, const struct show_pin *pin);

#endif
