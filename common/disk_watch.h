/* disk_watch.h: how much space is left where PostgreSQL keeps its data, when that is on this host.
 *
 * PostgreSQL ends with a PANIC when it cannot write its log, and does not start again before there is space.
 * So writing is refused while a little is left: what is there can still be read. */
#ifndef TICKETING_DISK_WATCH_H
#define TICKETING_DISK_WATCH_H

#include "common/cleanup.h"
#include <stdint.h>

struct disk_watch; /* opaque; shared between threads */

enum disk_state {
    DISK_UNKNOWN, /* the folder is not known, or cannot be looked at */
    DISK_OK,
    DISK_LOW,  /* an operator has to make space: less than `low_bytes` are free */
    DISK_FULL, /* nothing is written any more: less than `full_bytes` */
};

struct disk_space {
    enum disk_state state;
    int64_t free_bytes; /* for processes without root's reserve; 0 when unknown */
    int64_t low_bytes;  /* as given to disk_watch_new() */
    int64_t full_bytes;
};

/* Watches the file system of `folder`, which is borrowed; NULL: the state is always DISK_UNKNOWN. Free with
 * disk_watch_free(). */
struct disk_watch *disk_watch_new(const char *folder, int64_t low_bytes, int64_t full_bytes)
    __attribute__((returns_nonnull));
void disk_watch_free(struct disk_watch *watch);
DEFINE_CLEANUP(struct disk_watch *, disk_watch_free)

/* What is left now: the answer is at most half a second old. A change of state is logged once. `watch` NULL:
 * unknown. */
struct disk_space disk_watch_look(struct disk_watch *watch);

/* "ok", "low", "full" or "unknown". */
const char *disk_state_word(enum disk_state state);

#endif
