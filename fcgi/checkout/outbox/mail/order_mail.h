/* order_mail.h: what a buyer gets by mail: the tickets of a paid order, and the notice of a refund. */
#ifndef TICKETING_OUTBOX_MAIL_ORDER_MAIL_H
#define TICKETING_OUTBOX_MAIL_ORDER_MAIL_H

#include "common/mail.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/outbox/outbox_db.h"

struct order_mail {
    const char *id;      /* names its file */
    const char *to;      /* address */
    const char *message; /* the whole mail */
    size_t length;
};

/* Writes the mail about an event of an order, in the arena. MAIL_SENT: it is made; else `error` says why not.
 */
enum mail_result order_mail_make(const struct checkout *checkout, struct arena *arena,
                                 const struct delivery *delivery, struct order_mail *ret_mail,
                                 char error[static OUTGOING_ERROR_SIZE]) MUST_CHECK;

/* An outcome of finish_delivery(); `*ret_error` is NULL or a copy of `error` in the arena. */
const char *order_mail_outcome(struct arena *arena, enum mail_result result, const char *error,
                               const char **ret_error);

#endif
