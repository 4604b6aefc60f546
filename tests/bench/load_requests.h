/* load_requests.h: what is to be sent: a file of requests and a file of access tokens.
 *
 * A line of the request file is METHOD, path, token number and body, with tabs between; token "-" is none,
 * an empty body is none. They are put together when they are sent, so a hundred thousand holds stay small. */
#ifndef TICKETING_BENCH_LOAD_REQUESTS_H
#define TICKETING_BENCH_LOAD_REQUESTS_H

#include "common/cleanup.h"
#include "common/identifier.h"
#include <stddef.h>

enum { REQUEST_SIZE = 4096, NO_TOKEN = -1 };

struct request_list; /* opaque; immutable */

/* Ends the process when a file cannot be read or has a wrong line. `tokens` may be NULL. */
struct request_list *request_list_open(const char *requests, const char *tokens);
void request_list_free(struct request_list *list);

size_t request_list_count(const struct request_list *list);
/* Writes request `index` as HTTP/1.1; its length. `*ret_token` is the token's number or NO_TOKEN. */
size_t request_list_write(const struct request_list *list, size_t index, char ret_text[static REQUEST_SIZE],
                          long *ret_token);
/* Writes DELETE /api/holds/<hold_id> with that token. */
size_t request_list_write_release(const struct request_list *list, long token, const char *hold_id,
                                  char ret_text[static REQUEST_SIZE]);

#endif
