/* seatmap_member.h: checks of single members of a seat map template; for seatmap_check.c
 * and seatmap_names.c only. */
#ifndef TICKETING_SEATMAP_MEMBER_H
#define TICKETING_SEATMAP_MEMBER_H

#include "common/fault.h"
#include <jansson.h>
#include <stdint.h>

enum { MEMBER_PATH_SIZE = 256 };

/* Writes `parent.name`, or `name` alone when the parent is the whole template (""). A long name is cut
 * between characters. */
void member_path(const char *parent, const char *name, char ret_path[static MEMBER_PATH_SIZE]);

/* Adds a fault for each member of `object` that is not among the NULL-terminated names. */
void member_reject_unknown(const json_t *object, const char *parent, const char *const known[],
                           struct fault_list *faults);

/* A required identifier: [A-Za-z0-9][A-Za-z0-9_-]*, at most 32 characters (zones, rows) or 64 (the map). NULL
 * and a fault otherwise. */
const char *member_slug(const json_t *object, const char *parent, const char *name, size_t max,
                        struct fault_list *faults);
/* A text of 1 to `max` characters without control characters; NULL and a fault otherwise. Absent is a fault
 * when required. */
const char *member_text(const json_t *object, const char *parent, const char *name, size_t max, bool required,
                        struct fault_list *faults);
/* A required integer in [min, max]; false and a fault otherwise. */
bool member_integer(const json_t *object, const char *parent, const char *name, int64_t min, int64_t max,
                    struct fault_list *faults, int64_t *ret_value);
/* An array of 1 to `max` elements; NULL and a fault otherwise. */
const json_t *member_array(const json_t *object, const char *parent, const char *name, size_t max,
                           struct fault_list *faults);

/* The optional position {x, y}, rotation and curve of a zone or row. */
void member_placement(const json_t *object, const char *parent, struct fault_list *faults);
/* The optional stage or pitch: {position, width, height, name?}. */
void member_field(const json_t *template, const char *name, struct fault_list *faults);

#endif
