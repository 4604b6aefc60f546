/* order_mail.c: the mails about an order. */
#include "fcgi/checkout/outbox/mail/order_mail.h"
#include "common/clock.h"
#include "common/email.h"
#include "fcgi/checkout/outbox/mail/order_mail_db.h"
#include "fcgi/checkout/outbox/mail/order_mail_text.h"
#include "fcgi/checkout/paper/pdf.h"
#include "fcgi/checkout/tickets/files_db.h"
#include "fcgi/checkout/tickets/ticket_code.h"
#include <stdio.h>
#include <string.h>

static enum mail_result later(char error[static OUTGOING_ERROR_SIZE], const char *why)
{
    snprintf(error, OUTGOING_ERROR_SIZE, "%s", why);
    return MAIL_PUT_OFF;
}

/* The tickets that still are the buyer's, as one PDF; empty when there are none. False when it has to be
 * tried again. */
static bool draw_tickets(const struct checkout *checkout, struct arena *arena, const char *order_id,
                         const char *user_id, struct ticket_bytes *ret_pdf)
{
    struct ticket_papers papers;
    if (ticket_files_db_order(checkout->pool, arena, order_id, user_id, &papers) != DB_OK) {
        return false;
    }
    struct ticket_document *tickets = arena_alloc(arena, (papers.count + 1) * sizeof(*tickets));
    for (size_t i = 0; i < papers.count; i++) {
        const struct ticket_paper *paper = &papers.items[i];
        tickets[i] = paper->document;
        tickets[i].qr =
            ticket_code_text(checkout->ticket_keys, arena, paper->admits, paper->document.ticket_id,
                             paper->show_id, paper->document.seat_id, paper->revision);
        if (tickets[i].qr == NULL) {
            return false;
        }
    }
    if (papers.count == 0) {
        return true;
    }
    struct typeset_fonts *fonts = ticket_press_enter(checkout->press);
    if (fonts == NULL) {
        return false;
    }
    bool drawn = ticket_pdf_draw(tickets, papers.count, TICKET_LAYOUT_PAGE, ret_pdf);
    ticket_press_leave(checkout->press, fonts);
    return drawn;
}

static void render(struct arena *arena, const struct checkout *checkout, const struct delivery *delivery,
                   const struct order_mail_row *row, const struct order_mail_facts *facts,
                   const struct ticket_bytes *pdf, struct order_mail *ret_mail)
{
    const struct mail_attachment attachment = {
        .name = "tickets.pdf",
        .content_type = "application/pdf",
        .data = pdf->data,
        .length = pdf->length,
    };
    const struct mail mail = {
        .id = delivery->event_id,
        .date = clock_seconds(),
        .from = checkout->config->mail_from,
        .to_name = row->buyer_name,
        .to = row->buyer_email,
        .subject = order_mail_subject(arena, facts),
        .text = order_mail_text(arena, facts),
        .html = order_mail_html(arena, facts),
        .attachments = &attachment,
        .attachment_count = facts->attached ? 1 : 0,
    };
    ret_mail->id = delivery->event_id;
    const char *to = email_deliverable(arena, row->buyer_email);
    ret_mail->to = to != NULL ? to : row->buyer_email;
    ret_mail->message = mail_render(arena, &mail, &ret_mail->length);
}

enum mail_result order_mail_make(const struct checkout *checkout, struct arena *arena,
                                 const struct delivery *delivery, struct order_mail *ret_mail,
                                 char error[static OUTGOING_ERROR_SIZE])
{
    struct order_mail_row row;
    if (checkout->config->smtp_url == NULL && checkout->config->mail_directory == NULL) {
        return later(error, "Neither SMTP_URL nor MAIL_DIRECTORY is set.");
    }
    if (order_mail_db_read(checkout->pool, arena, delivery->key, &row) != DB_OK) {
        return later(error, "The order could not be read.");
    }
    if (!mail_address_is_usable(row.buyer_email)) {
        snprintf(error, OUTGOING_ERROR_SIZE, "The address cannot be written in a mail.");
        return MAIL_REFUSED;
    }
    bool is_refund = strcmp(delivery->type, "order.refunded") == 0;
    struct ticket_bytes pdf TICKET_BYTES_AUTO = {0};
    if (!is_refund && !draw_tickets(checkout, arena, delivery->key, row.user_id, &pdf)) {
        return later(error, "The tickets could not be drawn.");
    }
    json_auto_t *order = json_loads(delivery->data, 0, NULL);
    const struct order_mail_facts facts = {
        .buyer_name = row.buyer_name,
        .title = row.title,
        .venue = row.venue,
        .when = row.when,
        .public_url = checkout->config->public_url,
        .order = order,
        .attached = pdf.length > 0,
        .is_refund = is_refund,
    };
    render(arena, checkout, delivery, &row, &facts, &pdf, ret_mail);
    return MAIL_SENT;
}

const char *order_mail_outcome(struct arena *arena, enum mail_result result, const char *error,
                               const char **ret_error)
{
    *ret_error = error[0] != '\0' && result != MAIL_SENT ? arena_text(arena, error) : NULL;
    switch (result) {
    case MAIL_SENT:
        return "delivered";
    case MAIL_PUT_OFF:
        return "failed";
    case MAIL_REFUSED:
        return "refused";
    case MAIL_UNREACHABLE:
        break;
    }
    return "unreachable"; /* the mail server's troubles are every mail's */
}
