/* transfer_mail.c: the mails to both sides of a transfer. */
#include "fcgi/checkout/outbox/mail/transfer_mail.h"
#include "common/mail_body.h"
#include "fcgi/checkout/outbox/mail/attachment.h"
#include "fcgi/checkout/outbox/mail/transfer_mail_db.h"
#include "fcgi/checkout/paper/order_link.h"
#include <jansson.h>
#include <string.h>

/* What a side is told: `before` and `after` stand around the address of the other side. */
static const struct words {
    const char *type;
    bool to_giver;
    const char *subject;
    const char *before;
    const char *after;
} words[] = {
    {"ticket.transferred", true, "Your ticket is on its way", "you have passed this ticket on to ",
     ". Its old code opens no gate any more. Give the claim code to its new owner by a way that you trust. "
     "Until it is claimed, you can take the ticket back."},
    {"ticket.transferred", false, "A ticket for you", "this ticket is passed on to you by ",
     ", who gives you its claim code. To have the ticket, log in with an account of this address, or make "
     "one, and enter the claim code."},
    {"ticket.claimed", true, "Your ticket was claimed", "this ticket, which you passed on, now belongs to ",
     ". You cannot take it back any more."},
    {"ticket.claimed", false, "The ticket is yours", "this ticket is yours now. It was passed on to you by ",
     ". Its code is among your tickets."},
    {"ticket.taken_back", true, "You have taken your ticket back",
     "this ticket is yours again and has a new code. It was offered to ", ", whose claim code is void."},
    {"ticket.taken_back", false, "A ticket was taken back", "this ticket, which was offered to you by ",
     ", was taken back. Its claim code is void."},
    {"ticket.refunded", true, "A ticket that you passed on was refunded",
     "this ticket was refunded and opens no gate any more. You had passed it on to ",
     ". The money goes back to who bought it."},
    {"ticket.refunded", false, "A ticket that was passed on to you was refunded",
     "this ticket was refunded and opens no gate any more. It had been passed on to you by ",
     ". The money goes back to who bought it."},
};

static const struct words *find_words(const char *type, bool to_giver)
{
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (words[i].to_giver == to_giver && strcmp(words[i].type, type) == 0) {
            return &words[i];
        }
    }
    return NULL;
}

static void write_words(struct arena *arena, const struct words *said, const struct transfer_mail_row *row,
                        const char *other, const char *public_url, struct mail *mail)
{
    CLEANUP(mail_body_free) struct mail_body *body = mail_body_new(arena);
    mail_body_paragraph(body, "Hello,");
    mail_body_paragraph(body, arena_printf(arena, "%s%s%s", said->before, other, said->after));
    mail_body_line(body, "Event", row->title);
    if (row->venue[0] != '\0') {
        mail_body_line(body, "Venue", row->venue);
    }
    mail_body_line(body, "Starts", row->when);
    mail_body_line(body, "Seat", row->seat);
    mail_body_link(body, "Your tickets", order_link(arena, public_url, NULL));
    mail_body_end(body, &mail->text, &mail->html);
    mail->subject = arena_printf(arena, "%s: %s", said->subject, row->title);
}

/* Takes a refunded ticket out of its last holder's calendar. False when it has to be tried again. */
static bool attach_cancellation(const struct checkout *checkout, struct arena *arena, const char *ticket_id,
                                struct mail *mail)
{
    struct ticket_paper paper;
    enum db_status status = ticket_files_db_ticket(checkout->pool, arena, ticket_id, NULL, true, &paper);
    if (status != DB_OK) {
        return status == DB_NONE;
    }
    const struct ticket_papers papers = {.count = 1, .items = &paper};
    return attachment_calendar(checkout, arena, &papers, mail);
}

enum mail_result transfer_mail_write(const struct checkout *checkout, struct arena *arena,
                                     const struct delivery *delivery, struct mail *ret_mail,
                                     const char **ret_why)
{
    bool to_giver = strcmp(delivery->kind, "giver_mail") == 0;
    const struct words *said = find_words(delivery->type, to_giver);
    json_auto_t *data = json_loads(delivery->data, 0, NULL);
    const char *transfer_id = json_string_value(json_object_get(data, "transferId"));
    struct transfer_mail_row row;
    if (said == NULL || transfer_id == NULL) {
        *ret_why = "The event is none of a transfer.";
        return MAIL_REFUSED;
    }
    if (transfer_mail_db_read(checkout->pool, arena, transfer_id, &row) != DB_OK) {
        *ret_why = "The transfer could not be read.";
        return MAIL_PUT_OFF;
    }
    const char *giver = row.giver[0] != '\0' ? row.giver : "its owner before";
    *ret_mail = (struct mail){
        /* The two mails about one event need two ids. */
        .id = to_giver ? delivery->event_id : arena_printf(arena, "%s-taker", delivery->event_id),
        .to_name = "",
        .to = to_giver ? row.giver : row.taker,
    };
    const char *ticket_id = json_string_value(json_object_get(data, "id"));
    if (!to_giver && strcmp(delivery->type, "ticket.refunded") == 0 && ticket_id != NULL &&
        !attach_cancellation(checkout, arena, ticket_id, ret_mail)) {
        *ret_why = "The ticket could not be read.";
        return MAIL_PUT_OFF;
    }
    write_words(arena, said, &row, to_giver ? row.taker : giver, checkout->config->public_url, ret_mail);
    return MAIL_SENT;
}
