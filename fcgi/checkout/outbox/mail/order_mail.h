/* order_mail.h: what a buyer gets by mail: the tickets of a paid order, and the notice of a refund. */
#ifndef TICKETING_OUTBOX_MAIL_ORDER_MAIL_H
#define TICKETING_OUTBOX_MAIL_ORDER_MAIL_H

#include "fcgi/checkout/outbox/mail/mail_writer.h"

/* About an event of an order: the delivery's `key` is the order. */
mail_writer_fn order_mail_write;

#endif
