/* by_hand.h: what an admin says of money that went by hand, in either direction. */
#ifndef TICKETING_PAYMENTS_BY_HAND_H
#define TICKETING_PAYMENTS_BY_HAND_H

#include "common/field.h"

struct by_hand {
    const char *note;      /* 1 to 500 characters */
    const char *reference; /* the bank's or the till's name of the payment, to 200 characters; NULL: none */
};

/* {note, reference?}: the body of POST /orders/{id}/mark-paid and of POST /refunds/{id}/mark-done; a
 * struct by_hand. */
extern const struct field_spec by_hand_body;

#endif
