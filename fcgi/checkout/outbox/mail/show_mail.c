/* show_mail.c: the mail about a show that has changed. */
#include "fcgi/checkout/outbox/mail/show_mail.h"
#include "common/mail_body.h"
#include "fcgi/checkout/outbox/mail/attachment.h"
#include "fcgi/checkout/outbox/mail/show_mail_db.h"
#include "fcgi/checkout/paper/order_link.h"

/* A fact of the show: as it is, and as it was when that is something else. */
static void fact(struct mail_body *body, struct arena *arena, const char *name, const struct show_fact *told)
{
    if (told->was != NULL) {
        mail_body_line(body, arena_printf(arena, "New %s", name), told->is);
        mail_body_line(body, arena_printf(arena, "Old %s", name), told->was);
    }
}

static void write_words(const struct checkout *checkout, struct arena *arena, const struct show_mail_row *row,
                        const struct ticket_papers *papers, struct mail *mail)
{
    CLEANUP(mail_body_free) struct mail_body *body = mail_body_new(arena);
    mail_body_paragraph(body, row->name[0] != '\0' ? arena_printf(arena, "Hello %s,", row->name) : "Hello,");
    mail_body_paragraph(body, arena_printf(arena,
                                           "an event that you have tickets for has changed: %s. Your tickets "
                                           "stay valid.",
                                           row->title.is));
    fact(body, arena, "title", &row->title);
    fact(body, arena, "start", &row->start);
    fact(body, arena, "end", &row->end);
    fact(body, arena, "opening of the doors", &row->doors);
    fact(body, arena, "last admission", &row->last_admission);
    fact(body, arena, "venue", &row->venue);
    if (row->start.was == NULL) {
        mail_body_line(body, "Starts", row->start.is);
    }
    if (row->venue.was == NULL) {
        mail_body_line(body, "Venue", row->venue.is);
    }
    for (size_t i = 0; i < papers->count; i++) {
        const struct ticket_document *ticket = &papers->items[i].document;
        mail_body_line(body, arena_printf(arena, "Seat %s, %s", ticket->seat_id, ticket->zone), "");
    }
    mail_body_paragraph(body, "The attached file brings the entry in your calendar up to date.");
    mail_body_link(body, "Your tickets", order_link(arena, checkout->config->public_url, NULL));
    mail_body_end(body, &mail->text, &mail->html);
    mail->subject = arena_printf(arena, "Changed: %s", row->title.is);
}

enum mail_result show_mail_write(const struct checkout *checkout, struct arena *arena,
                                 const struct delivery *delivery, struct mail *ret_mail, const char **ret_why)
{
    struct show_mail_row row;
    struct ticket_papers papers;
    enum db_status status = show_mail_db_read(checkout->pool, arena, delivery->event_id, delivery->key, &row);
    if (status == DB_OK) {
        status = ticket_files_db_holder(checkout->pool, arena, row.show_id, delivery->key, &papers);
    }
    if (status == DB_NONE) {
        *ret_why = "This person holds no ticket of the show any more.";
        return MAIL_REFUSED;
    }
    if (status != DB_OK) {
        *ret_why = "The show could not be read.";
        return MAIL_PUT_OFF;
    }
    *ret_mail = (struct mail){
        .id = arena_printf(arena, "%s-%s", delivery->event_id, delivery->key),
        .to_name = row.name,
        .to = row.email,
    };
    if (!attachment_calendar(checkout, arena, &papers, ret_mail)) {
        *ret_why = "The calendar file would be too long.";
        return MAIL_REFUSED;
    }
    write_words(checkout, arena, &row, &papers, ret_mail);
    return MAIL_SENT;
}
