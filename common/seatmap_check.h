/* seatmap_check.h: the rules of a seat map template, checked before anything is expanded; for seatmap.c only.
 *
 * seatmaps/seatmap.schema.json states the same rules for people and editors; what a schema cannot say (a
 * price for each zone, unique seats, the number of seats) is checked here and in seatmap.c alone. */
#ifndef TICKETING_SEATMAP_CHECK_H
#define TICKETING_SEATMAP_CHECK_H

#include "common/fault.h"
#include "common/seatmap_limits.h"
#include <jansson.h>
#include <stdbool.h>

enum { SEAT_NUMBER_MAX = 99999, FAULT_PATH_SIZE = 160 };

/* Seats of one row of the template that can be expanded. Texts belong to the template. */
struct seat_row {
    const char *zone;
    const char *row;
    int zone_index;
    int row_index; /* in the zone's `rows` */
    int from, to;
};

/* What can be expanded of a template, in its order. */
struct seat_plan {
    bool zone_in_id; /* format is ZONE_ROW_NUM */
    bool format_known;
    size_t row_count;
    size_t seat_count; /* of all rows; more than SEATMAP_SEATS_MAX has been made a fault */
    struct seat_row *rows;
};

/* Checks all but the uniqueness of seats; adds a fault for everything wrong and plans the rows in which
 * nothing is. Nothing is allocated in proportion to seats. Free the rows with free(). */
void seatmap_check(const json_t *template, struct fault_list *faults, struct seat_plan *ret_plan);

#endif
