/* show_mail.h: what the holders of tickets get by mail when their show changes. */
#ifndef TICKETING_OUTBOX_MAIL_SHOW_MAIL_H
#define TICKETING_OUTBOX_MAIL_SHOW_MAIL_H

#include "fcgi/checkout/outbox/mail/mail_writer.h"

/* About a show.changed, to the holder that the delivery's `key` names: one mail a person and change, about
 * all tickets that the person has for the show now. */
mail_writer_fn show_mail_write;

#endif
