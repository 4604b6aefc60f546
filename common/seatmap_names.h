/* seatmap_names.h: what the names in a new template may hold. seatmap_parse() also reads templates that were
 * stored under older rules, and those must stay readable: the stricter rule is asked for new ones only. */
#ifndef TICKETING_SEATMAP_NAMES_H
#define TICKETING_SEATMAP_NAMES_H

#include "common/fault.h"
#include "common/memory.h"
#include <jansson.h>

/* Adds a fault, by JSON path, for each name (of the map, a zone, the stage, the pitch) that is not one line
 * of visible characters as FIELD_LINE means it. `template` is one that seatmap_parse() took. */
void seatmap_names_check(struct arena *arena, const json_t *template, struct fault_list *faults);

#endif
