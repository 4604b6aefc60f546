/* cleanup.h: scope-bound release of resources (GCC manual, "Common Variable Attributes", cleanup).
 *
 * DEFINE_CLEANUP(type, destroy) makes a function for CLEANUP(destroy): it hands the variable's value to
 * `destroy`, which must accept NULL. jansson brings its own `json_auto_t`. */
#ifndef TICKETING_CLEANUP_H
#define TICKETING_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(destroy) __attribute__((cleanup(destroy##_cleanup)))

/* NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in parentheses */
#define DEFINE_CLEANUP(type, destroy)                                                                        \
    static inline __attribute__((unused)) void destroy##_cleanup(type *variable)                             \
    {                                                                                                        \
        destroy(*variable);                                                                                  \
    }

/* NOLINTEND(bugprone-macro-parentheses) */

DEFINE_CLEANUP(char *, free)

static inline __attribute__((unused)) void close_cleanup(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first_index) __attribute__((format(printf, format_index, first_index)))
#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
