/* order.h: an order as it was read from the database. Its texts live in the arena that the reader gave. */
#ifndef TICKETING_ORDERS_ORDER_H
#define TICKETING_ORDERS_ORDER_H

#include <stdint.h>

struct order {
    const char *id;
    const char *status; /* pending, paid, cancelled, expired, refunded, partially_refunded */
    const char *show_id;
    int64_t total; /* minor units */
    const char *currency;
    const char *created_at; /* RFC 3339, as are the next two */
    const char *expires_at;
    const char *paid_at;    /* NULL: not paid */
    const char *note;       /* what a late payment led to; NULL: nothing to say */
    const char *admin_note; /* for admins only; NULL: none */
    const char *outside;  /* for admins only: money that went back or is disputed without us, a JSON array as
                             in the API; NULL: none */
    const char *buyer_id; /* NULL: not to be shown; nor are the next two then */
    const char *buyer_email;
    const char *buyer_name;
    const char *tickets; /* JSON array as in the API */
    const char *payment_id;
    const char *payment_provider; /* NULL: nothing was to be paid */
    const char *payment_status;
    const char *refunds;     /* JSON array as in the API, oldest first */
    const char *cursor_time; /* created_at with microseconds */
};

#endif
