/* order_mail_db.h: whom a mail about an order goes to, and what else it says. Texts live in the arena given.
 */
#ifndef TICKETING_OUTBOX_MAIL_ORDER_MAIL_DB_H
#define TICKETING_OUTBOX_MAIL_ORDER_MAIL_DB_H

#include "common/db.h"

struct order_mail_row {
    const char *buyer_email;
    const char *buyer_name;
    const char *user_id;
    const char *title;
    const char *venue; /* "" when not known */
    const char *when;  /* start on the venue's clock, with its zone and offset, for people */
};

/* DB_NONE when there is no such order. */
enum db_status order_mail_db_read(struct db_pool *pool, struct arena *arena, const char *order_id,
                                  struct order_mail_row *ret_row) MUST_CHECK;

/* Lets the key whose hash this is open the order until 30 days after the show, if its buyer is a guest;
 * `ret_opens` is false for anybody else, and where the accounts are in another database. */
enum db_status order_mail_db_key(struct db_pool *pool, const char *order_id, const char *user_id,
                                 const char *key_hash, bool *ret_opens) MUST_CHECK;

#endif
