/* order_mail_text.h: the words of mails to buyers. */
#ifndef TICKETING_OUTBOX_MAIL_ORDER_MAIL_TEXT_H
#define TICKETING_OUTBOX_MAIL_ORDER_MAIL_TEXT_H

#include "common/mail.h"
#include <jansson.h>

struct order_mail_facts {
    const char *buyer_name;
    const char *title;   /* of the event */
    const char *venue;   /* "" when not known */
    const char *when;    /* at the venue, for people */
    const char *link;    /* to the order's page */
    const json_t *order; /* the event's data: see order_json() and refund_json() in schema/deploy */
    bool attached;       /* a file is: the tickets, or what takes void ones out of a calendar */
    bool is_refund;      /* else: the tickets */
};

/* Sets subject, text and html, in the arena. */
void order_mail_text(struct arena *arena, const struct order_mail_facts *facts, struct mail *mail);

#endif
