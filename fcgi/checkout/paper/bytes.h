/* bytes.h: bytes that grow as a document is written. */
#ifndef TICKETING_PAPER_BYTES_H
#define TICKETING_PAPER_BYTES_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stddef.h>

/* {0} is empty. Not shared between threads. */
struct ticket_bytes {
    char *data;
    size_t length;
    size_t capacity;
};

/* Far more than the largest order needs; a document never takes more memory than this. */
enum { TICKET_BYTES_MAX = 8 * 1024 * 1024 };

/* False, with nothing added, when the bytes would become too many. */
bool ticket_bytes_add(struct ticket_bytes *bytes, const void *data, size_t length) MUST_CHECK;

static inline void ticket_bytes_release(struct ticket_bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct ticket_bytes){.data = NULL};
}
/* struct ticket_bytes x TICKET_BYTES_AUTO = {0}; */
#define TICKET_BYTES_AUTO __attribute__((cleanup(ticket_bytes_release)))

#endif
