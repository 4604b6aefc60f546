/* probe.h: asks a responder on its unix socket, as a web server would: readiness and metrics of all
 * responders. The asking is done by cgi-fcgi(1) of libfcgi. */
#ifndef TICKETING_PROBE_H
#define TICKETING_PROBE_H

#include "common/cleanup.h"
#include <stddef.h>

enum { PROBE_BODY_MAX = 1 << 20 };

/* Sends GET `path` to the socket and waits at most `timeout_ms` in all. Returns the HTTP status, or -1 when
 * the responder did not answer in time or not properly. `*ret_body` (free with free()) is set unless -1.
 * Thread-safe; a process is started for each call. */
int probe_get(const char *socket_path, const char *path, int timeout_ms, char **ret_body,
              size_t *ret_length) MUST_CHECK;

#endif
