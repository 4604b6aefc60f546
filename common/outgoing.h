/* outgoing.h: the one way out: HTTP requests and SMTP deliveries by libcurl, each with limits on time and
 * size.
 *
 * No redirect is followed, no proxy is used, no compressed answer is unpacked, and only http:, https:, smtp:
 * and smtps: exist. Unless the request allows it, a connection to an address that is not public is refused at
 * the moment of connecting, when the name has been resolved: a name that changes its address (DNS rebinding)
 * gains nothing. `curl_*` is used in outgoing*.c only. */
#ifndef TICKETING_OUTGOING_H
#define TICKETING_OUTGOING_H

#include "common/outgoing_request.h"

/* Starts libcurl; once, in main(), before other threads exist. */
bool outgoing_init(void) MUST_CHECK;

/* Sends and waits. Any thread. The caller clears the answer (CLEANUP(outgoing_answer_release)). */
void outgoing_perform(const struct outgoing_request *request, struct outgoing_answer *ret_answer);

/* Many at once on one thread. */
struct outgoing_set;
struct outgoing_set *outgoing_set_new(void);
/* Requests under way are aborted; their `done` is not called. */
void outgoing_set_free(struct outgoing_set *set);
/* Starts a request; `context` comes back with its answer. */
void outgoing_set_add(struct outgoing_set *set, const struct outgoing_request *request, void *context);
size_t outgoing_set_under_way(const struct outgoing_set *set);

/* `answer` lives until the function returns. */
typedef void outgoing_done_fn(void *context, const struct outgoing_answer *answer, void *user);
/* Lets the requests go on until one has ended or `wait_ms` are over, and calls `done` for each that ended.
 * Returns how many ended.
 */
size_t outgoing_set_wait(struct outgoing_set *set, int wait_ms, outgoing_done_fn *done, void *user);

#endif
