/* live_channel.h: the publisher's side of the live nginx (nchan, nginx/live.conf.in): HTTP/1.1 on a unix
 * socket, one short connection a call. */
#ifndef TICKETING_EVENTS_LIVE_CHANNEL_H
#define TICKETING_EVENTS_LIVE_CHANNEL_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stddef.h>

/* Sends a message to all who listen to the show. False when that failed. `*ret_listeners`: how many there
 * are.
 */
bool live_channel_publish(const char *socket_path, const char *show_id, const char *message, size_t length,
                          long *ret_listeners) MUST_CHECK;
/* How many listen; 0 when nobody ever did. False when nginx does not say. */
bool live_channel_count(const char *socket_path, const char *show_id, long *ret_listeners) MUST_CHECK;

#endif
