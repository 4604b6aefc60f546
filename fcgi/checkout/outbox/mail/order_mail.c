/* order_mail.c: the mails about an order. */
#include "fcgi/checkout/outbox/mail/order_mail.h"
#include "fcgi/checkout/outbox/mail/attachment.h"
#include "fcgi/checkout/outbox/mail/order_mail_db.h"
#include "fcgi/checkout/outbox/mail/order_mail_text.h"
#include "fcgi/checkout/paper/order_link.h"
#include <string.h>

enum { KEY_BYTES = 32, KEY_SIZE = 64 }; /* random · as text, with its end */

/* The tickets that a refund made void. False when the event names none: it was written by the release before,
 * and is about all that are void. */
static bool refunded_tickets(struct arena *arena, const json_t *order, struct text_list *ret_tickets)
{
    const json_t *ids = json_object_get(json_object_get(order, "refund"), "tickets");
    size_t count = json_array_size(ids);
    const char **items = arena_alloc(arena, (count + 1) * sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        items[i] = id != NULL ? id : "";
    }
    *ret_tickets = (struct text_list){.items = items, .count = count};
    return json_is_array(ids);
}

/* Takes the void tickets out of the buyer's calendar. False when it has to be tried again. */
static bool attach_cancellation(const struct checkout *checkout, struct arena *arena, const char *order_id,
                                const struct order_mail_row *row, const json_t *order, struct mail *mail)
{
    struct ticket_papers papers;
    struct text_list tickets;
    const struct text_list *named = refunded_tickets(arena, order, &tickets) ? &tickets : NULL;
    return ticket_files_db_void(checkout->pool, arena, order_id, row->user_id, named, &papers) == DB_OK &&
           attachment_calendar(checkout, arena, &papers, mail);
}

/* The tickets of a paid order. False when it has to be tried again. */
static bool attach_tickets(const struct checkout *checkout, struct arena *arena, const char *order_id,
                           const struct order_mail_row *row, struct mail *mail)
{
    struct ticket_papers papers;
    return ticket_files_db_order(checkout->pool, arena, order_id, row->user_id, &papers) == DB_OK &&
           attachment_pdf(checkout, arena, &papers, mail);
}

/* The link to the order; a guest's carries a key that opens it. The key stands behind '#': browsers do not
 * send that part, so it is in no log. Each attempt to send the mail makes a key of its own. NULL: to be tried
 * again. */
static const char *link_of(const struct checkout *checkout, struct arena *arena, const char *order_id,
                           const struct order_mail_row *row)
{
    const char *public_url = checkout->config->public_url;
    char key[KEY_SIZE];
    char hash[65];
    secret_new(KEY_BYTES, key, sizeof(key));
    sha256_hex(key, strlen(key), hash);
    bool opens = false;
    if (order_mail_db_key(checkout->pool, order_id, row->user_id, hash, &opens) != DB_OK) {
        return NULL;
    }
    return opens ? arena_printf(arena, "%s/guest#key=%s&order=%s", public_url, key, order_id)
                 : order_link(arena, public_url, order_id);
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
    json_auto_t *order = json_loads(delivery->data, 0, NULL);
    bool attached = is_refund ? attach_cancellation(checkout, arena, delivery->key, &row, order, ret_mail)
                              : attach_tickets(checkout, arena, delivery->key, &row, ret_mail);
    if (!attached) {
        *ret_why = "The tickets could not be drawn.";
        return MAIL_PUT_OFF;
    }
    const char *link = link_of(checkout, arena, delivery->key, &row);
    if (link == NULL) {
        *ret_why = "The link of the order could not be made.";
        return MAIL_PUT_OFF;
    }
    const struct order_mail_facts facts = {
        .buyer_name = row.buyer_name,
        .title = row.title,
        .venue = row.venue,
        .when = row.when,
        .link = link,
        .order = order,
        .attached = ret_mail->attachment_count > 0,
        .is_refund = is_refund,
    };
    order_mail_text(arena, &facts, ret_mail);
    return MAIL_SENT;
}
