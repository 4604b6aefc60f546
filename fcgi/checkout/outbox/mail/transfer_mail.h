/* transfer_mail.h: what both sides of a transfer get by mail: at the offer, at the claim, when the ticket is
 * taken back, and when it is refunded. */
#ifndef TICKETING_OUTBOX_MAIL_TRANSFER_MAIL_H
#define TICKETING_OUTBOX_MAIL_TRANSFER_MAIL_H

#include "fcgi/checkout/outbox/mail/order_mail.h"

/* Writes the mail about an event of a transfer, in the arena, to the side that the delivery's kind names:
 * "giver_mail" or "taker_mail". MAIL_SENT: it is made; else `error` says why not. */
enum mail_result transfer_mail_make(const struct checkout *checkout, struct arena *arena,
                                    const struct delivery *delivery, struct order_mail *ret_mail,
                                    char error[static OUTGOING_ERROR_SIZE]) MUST_CHECK;

#endif
