/* seatmap_limits.h: how large a seat map may be. */
#ifndef TICKETING_SEATMAP_LIMITS_H
#define TICKETING_SEATMAP_LIMITS_H

#include <stdint.h>

enum {
    SEATMAP_SEATS_MAX = 100000,
    SEATMAP_ZONES_MAX = 200,
    SEATMAP_ROWS_MAX = 5000, /* in all zones together */
    SEAT_ID_MAX = 64,        /* characters of a seat id */
};
#define SEATMAP_PRICE_MAX INT64_C(1000000000000)

#endif
