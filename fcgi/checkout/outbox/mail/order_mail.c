/* order_mail.c: the mails about an order. */
#include "fcgi/checkout/outbox/mail/order_mail.h"
#include "fcgi/checkout/outbox/mail/attachment.h"
#include "fcgi/checkout/outbox/mail/order_mail_db.h"
#include "fcgi/checkout/outbox/mail/order_mail_text.h"
#include <string.h>

/* What goes with the mail. False when it has to be tried again. */
static bool attach(const struct checkout *checkout, struct arena *arena, const char *order_id,
                   const struct order_mail_row *row, struct mail *mail)
{
    struct ticket_papers papers;
    return ticket_files_db_order(checkout->pool, arena, order_id, row->user_id, &papers) == DB_OK &&
           attachment_pdf(checkout, arena, &papers, mail);
}

enum mail_result order_mail_write(const struct checkout *checkout, struct arena *arena,
                                  const struct delivery *delivery, struct mail *ret_mail,
                                  const char **ret_why)
{
    struct order_mail_row row;
    if (order_mail_db_read(checkout->pool, arena, delivery->key, &row) != DB_OK) {
        *ret_why = "The order could not be read.";
        return MAIL_PUT_OFF;
    }
    *ret_mail = (struct mail){.id = delivery->event_id, .to_name = row.buyer_name, .to = row.buyer_email};
    bool is_refund = strcmp(delivery->type, "order.refunded") == 0;
    if (!is_refund && !attach(checkout, arena, delivery->key, &row, ret_mail)) {
        *ret_why = "The tickets could not be drawn.";
        return MAIL_PUT_OFF;
    }
    json_auto_t *order = json_loads(delivery->data, 0, NULL);
    const struct order_mail_facts facts = {
        .buyer_name = row.buyer_name,
        .title = row.title,
        .venue = row.venue,
        .when = row.when,
        .public_url = checkout->config->public_url,
        .order = order,
        .attached = ret_mail->attachment_count > 0,
        .is_refund = is_refund,
    };
    order_mail_text(arena, &facts, ret_mail);
    return MAIL_SENT;
}
