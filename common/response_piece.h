/* response_piece.h: the pieces of a body that is not copied, and how a body is made while it is sent; see
 * response_shared() and response_stream() in response.h. */
#ifndef TICKETING_RESPONSE_PIECE_H
#define TICKETING_RESPONSE_PIECE_H

#include <stddef.h>

struct response_piece {
    const void *data;
    size_t length;
};

enum stream_step {
    STREAM_PIECE,  /* *ret_piece is the next one; an empty one is allowed */
    STREAM_END,    /* that was all */
    STREAM_BROKEN, /* the rest cannot be had: the answer is cut off, so that nobody takes it for complete */
};
typedef enum stream_step stream_fn(void *owner, struct response_piece *ret_piece);

#endif
