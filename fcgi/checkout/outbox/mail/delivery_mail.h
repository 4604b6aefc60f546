/* delivery_mail.h: a delivery that is a mail: what it says, and what became of it. The kind of the delivery
 * chooses who writes it: order_mail.c, transfer_mail.c or show_mail.c. */
#ifndef TICKETING_OUTBOX_MAIL_DELIVERY_MAIL_H
#define TICKETING_OUTBOX_MAIL_DELIVERY_MAIL_H

#include "common/mail.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/outbox/outbox_db.h"

struct delivery_mail {
    const char *id;      /* names its file */
    const char *to;      /* address, as a mail server takes it */
    const char *message; /* the whole mail */
    size_t length;
};

/* Writes the mail of a delivery, in the arena. MAIL_SENT: it is made; else `error` says why not. */
enum mail_result delivery_mail_make(const struct checkout *checkout, struct arena *arena,
                                    const struct delivery *delivery, struct delivery_mail *ret_mail,
                                    char error[static OUTGOING_ERROR_SIZE]) MUST_CHECK;

/* An outcome of finish_delivery(); `*ret_error` is NULL or a copy of `error` in the arena. */
const char *delivery_mail_outcome(struct arena *arena, enum mail_result result, const char *error,
                                  const char **ret_error);

#endif
