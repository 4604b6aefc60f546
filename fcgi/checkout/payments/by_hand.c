/* by_hand.c: the body of the two calls that tell of money by hand. */
#include "fcgi/checkout/payments/by_hand.h"

static const struct field fields[] = {
    {.name = "note",
     .type = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = 500,
     .offset = offsetof(struct by_hand, note)},
    {.name = "reference",
     .type = FIELD_LINE,
     .nullable = true,
     .min = 1,
     .max = 200,
     .offset = offsetof(struct by_hand, reference)},
};
const struct field_spec by_hand_body = FIELD_SPEC(struct by_hand, fields);
