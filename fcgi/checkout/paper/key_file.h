/* key_file.h: the file that keeps the ring (TICKET_KEYS_FILE), and the ring of a running responder,
 * which follows it. */
#ifndef TICKETING_PAPER_KEY_FILE_H
#define TICKETING_PAPER_KEY_FILE_H

#include "fcgi/checkout/paper/key.h"

/* The JWK Set in the file; NULL when there is none or it is not JSON, and `*ret_problem` says what (free with
 * free()). `*ret_missing` is true when there is no such file. */
json_t *ticket_key_file_read(const char *path, bool *ret_missing, char **ret_problem) MUST_CHECK;
/* Replaces the file by a rename(2), readable by nobody else; it is on disk when this returns. False and errno
 * otherwise. */
bool ticket_key_file_write(const char *path, const json_t *set) MUST_CHECK;

struct ticket_keys; /* opaque; shared between threads */

/* Loads the ring; NULL when it cannot be used, and the log says why. `path` must outlive it. */
struct ticket_keys *ticket_keys_open(const char *path) MUST_CHECK;
void ticket_keys_free(struct ticket_keys *keys);

/* The ring as the file has it now: looked at once a second at the most. A file that cannot be used is logged
 * and changes nothing. The caller gives the ring back, and it stays as it is until then. */
const struct ticket_ring *ticket_keys_borrow(struct ticket_keys *keys) MUST_CHECK;
void ticket_keys_return(struct ticket_keys *keys, const struct ticket_ring *ring);

#endif
