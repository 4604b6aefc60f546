/* order_mail_text.h: the words of mails to buyers, as plain text and as HTML. */
#ifndef TICKETING_OUTBOX_MAIL_ORDER_MAIL_TEXT_H
#define TICKETING_OUTBOX_MAIL_ORDER_MAIL_TEXT_H

#include "common/memory.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct order_mail_facts {
    const char *buyer_name;
    const char *title; /* of the event */
    const char *venue; /* "" when not known */
    const char *when;  /* at the venue, for people */
    const char *public_url;
    const json_t *order; /* the event's data: see order_json() and refund_json() in schema/deploy */
    bool attached;       /* the tickets are */
    bool is_refund;      /* else: the tickets */
};

const char *order_mail_subject(struct arena *arena, const struct order_mail_facts *facts);
const char *order_mail_text(struct arena *arena, const struct order_mail_facts *facts);
/* Whatever people typed is escaped. */
const char *order_mail_html(struct arena *arena, const struct order_mail_facts *facts);

#endif
