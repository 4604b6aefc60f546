/* transfer_mail.h: what both sides of a transfer get by mail: at the offer, at the claim, when the ticket is
 * taken back, and when it is refunded. */
#ifndef TICKETING_OUTBOX_MAIL_TRANSFER_MAIL_H
#define TICKETING_OUTBOX_MAIL_TRANSFER_MAIL_H

#include "fcgi/checkout/outbox/mail/mail_writer.h"

/* About an event of a transfer, to the side that the delivery's kind names: "giver_mail" or "taker_mail". */
mail_writer_fn transfer_mail_write;

#endif
