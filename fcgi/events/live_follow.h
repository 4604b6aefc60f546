/* live_follow.h: which shows have listeners, and what the listeners were told last: files in <run
 * directory>/live, so that it outlives a responder and is shared by two of them while one replaces the other.
 *
 * `<show>`: its time of change is when the last listener came. `<show>.told`: the version in the last
 * message, and whether the show was over. One process at a time publishes: it holds the lock on `lock`. */
#ifndef TICKETING_EVENTS_LIVE_FOLLOW_H
#define TICKETING_EVENTS_LIVE_FOLLOW_H

#include "common/cleanup.h"
#include "common/identifier.h"
#include <stdbool.h>

enum { LIVE_PATH_SIZE = 160, LIVE_VERSION_SIZE = 64 };

struct live_told {
    char version[LIVE_VERSION_SIZE];
    bool over;
};

/* Notes that a listener is about to come who knows everything up to this version. `folder` is made when
 * it is not there. False when that failed. */
bool live_follow(const char *folder, const char *show_id, const struct live_told *known) MUST_CHECK;
/* The ids of the shows, `count` of them; free with free(). NULL: none. */
char (*live_followed(const char *folder, size_t *ret_count))[UUID_SIZE];

/* False when nothing is known. */
bool live_read_told(const char *folder, const char *show_id, struct live_told *ret_told) MUST_CHECK;
void live_write_told(const char *folder, const char *show_id, const struct live_told *told);

/* Forgets the show unless a listener came within the last `seconds`. */
void live_leave(const char *folder, const char *show_id, int seconds);

/* Tries to become the one that publishes; a descriptor, or -1 when another process is. */
int live_lock(const char *folder) MUST_CHECK;

#endif
