/* shared_text.h: a long text that changes in places while many answers that hold earlier states of it are
 * still on their way.
 *
 * It lies in chunks that are counted and copied when written to: an answer is a list of chunks, made without
 * copying any, and a change costs the chunks it falls into. When nothing changed, the next answer is the same
 * list. Its gzip form (RFC 1952) is kept chunk by chunk as well: each is a series of deflate blocks that
 * refer to nothing before them (RFC 1951, as after Z_FULL_FLUSH), so no byte is compressed twice. */
#ifndef TICKETING_EVENTS_SHARED_TEXT_H
#define TICKETING_EVENTS_SHARED_TEXT_H

#include "common/cleanup.h"
#include "common/response.h"
#include <stddef.h>

struct shared_text; /* opaque; guarded by its user */
struct shared_body; /* opaque: the text as it was at one time; immutable, may be used on any thread */

/* A copy of `text` whose first `head` bytes are a chunk of their own; the others have `chunk` bytes. */
struct shared_text *shared_text_new(const char *text, size_t length, size_t head, size_t chunk)
    __attribute__((returns_nonnull));
void shared_text_free(struct shared_text *text);
/* Overwrites bytes that are there. */
void shared_text_write(struct shared_text *text, size_t offset, const char *bytes, size_t length);
/* The text as it is now; the caller gives it back with shared_body_release(). */
struct shared_body *shared_text_body(struct shared_text *text) __attribute__((returns_nonnull));
/* Bytes of memory that it takes now, about. */
size_t shared_text_size(const struct shared_text *text);

void shared_body_release(struct shared_body *body);
/* What to send: plain, or in gzip's format. Lives as long as the body. */
const struct response_piece *shared_body_pieces(struct shared_body *body, bool gzip, size_t *ret_count);

#endif
