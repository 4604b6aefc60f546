/* fault.h: a bounded list of faults in one input, so that a client sees all of them at once.
 *
 * A path names the place: `email`, `seats[3]`, `zones[0].rows[1].from`; `$` is the whole input. */
#ifndef TICKETING_FAULT_H
#define TICKETING_FAULT_H

#include "common/cleanup.h"
#include <jansson.h>
#include <stdbool.h>

enum { FAULT_LIMIT = 100 }; /* faults beyond this are counted, not kept */

struct fault_list; /* opaque; not shared between threads */

/* A new empty list; never NULL (memory exhaustion ends the process, see memory.h). Owned by the caller. */
struct fault_list *fault_list_new(void);
void fault_list_free(struct fault_list *list);
DEFINE_CLEANUP(struct fault_list *, fault_list_free)

/* Appends a fault; both strings are copied. */
void fault_add(struct fault_list *list, const char *path, const char *message_format, ...) PRINTF_LIKE(3, 4);

/* How many faults were added, kept or not. */
size_t fault_count(const struct fault_list *list);

/* The kept fault at `index` (< min(count, FAULT_LIMIT)); the strings live as long as the list. */
const char *fault_path(const struct fault_list *list, size_t index);
const char *fault_message(const struct fault_list *list, size_t index);

/* `[{"path": …, "message": …}, …]`; the caller owns the array. */
json_t *fault_list_json(const struct fault_list *list);

#endif
