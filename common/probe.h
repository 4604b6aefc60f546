/* probe.h: a FastCGI client for one GET to a responder's unix socket (FastCGI 1.0 §3 to §6): readiness and
 * metrics of all responders. */
#ifndef TICKETING_PROBE_H
#define TICKETING_PROBE_H

#include "common/cleanup.h"
#include <stddef.h>

enum { PROBE_BODY_MAX = 1 << 20 };

/* Sends GET `path` to the socket and waits at most `timeout_ms` in all. Returns the HTTP status, or -1 when
 * the responder did not answer in time or not properly. `*ret_body` (free with free()) is set unless -1. */
int probe_get(const char *socket_path, const char *path, int timeout_ms, char **ret_body,
              size_t *ret_length) MUST_CHECK;

#endif
