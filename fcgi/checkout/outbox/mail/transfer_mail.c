/* transfer_mail.c: the mails to both sides of a transfer. */
#include "fcgi/checkout/outbox/mail/transfer_mail.h"
#include "common/clock.h"
#include "common/email.h"
#include "common/html.h"
#include "fcgi/checkout/outbox/mail/transfer_mail_db.h"
#include <stdio.h>
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

static const char *text_of(struct arena *arena, const struct words *said, const struct transfer_mail_row *row,
                           const char *other)
{
    const char *venue = *row->venue == '\0' ? "" : arena_printf(arena, "Venue: %s\n", row->venue);
    return arena_printf(arena, "Hello,\n\n%s%s%s\n\nEvent: %s\n%sStarts: %s\nSeat: %s\n", said->before, other,
                        said->after, row->title, venue, row->when, row->seat);
}

static const char *html_of(struct arena *arena, const char *text)
{
    return arena_printf(
        arena,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<body>\n<p style=\"white-space: pre-line\">%s</p>\n"
        "</body>\n</html>\n",
        html_escape(arena, text));
}

static void render(const struct checkout *checkout, struct arena *arena, const struct delivery *delivery,
                   const struct words *said, const struct transfer_mail_row *row, struct order_mail *ret_mail)
{
    const char *unknown = said->to_giver ? row->taker : "its owner before";
    const char *other = said->to_giver || *row->giver == '\0' ? unknown : row->giver;
    const char *text = text_of(arena, said, row, other);
    /* The two mails about one event need two ids. */
    ret_mail->id = said->to_giver ? delivery->event_id : arena_printf(arena, "%s-taker", delivery->event_id);
    const char *address = said->to_giver ? row->giver : row->taker;
    const char *to = email_deliverable(arena, address);
    ret_mail->to = to != NULL ? to : address;
    const struct mail mail = {
        .id = ret_mail->id,
        .date = clock_seconds(),
        .from = checkout->config->mail_from,
        .to_name = "",
        .to = address,
        .subject = arena_printf(arena, "%s: %s", said->subject, row->title),
        .text = text,
        .html = html_of(arena, text),
    };
    ret_mail->message = mail_render(arena, &mail, &ret_mail->length);
}

static enum mail_result fail(char error[static OUTGOING_ERROR_SIZE], enum mail_result result, const char *why)
{
    snprintf(error, OUTGOING_ERROR_SIZE, "%s", why);
    return result;
}

enum mail_result transfer_mail_make(const struct checkout *checkout, struct arena *arena,
                                    const struct delivery *delivery, struct order_mail *ret_mail,
                                    char error[static OUTGOING_ERROR_SIZE])
{
    bool to_giver = strcmp(delivery->kind, "giver_mail") == 0;
    const struct words *said = find_words(delivery->type, to_giver);
    json_auto_t *data = json_loads(delivery->data, 0, NULL);
    const char *transfer_id = json_string_value(json_object_get(data, "transferId"));
    struct transfer_mail_row row;
    if (checkout->config->smtp_url == NULL && checkout->config->mail_directory == NULL) {
        return fail(error, MAIL_PUT_OFF, "Neither SMTP_URL nor MAIL_DIRECTORY is set.");
    }
    if (said == NULL || transfer_id == NULL) {
        return fail(error, MAIL_REFUSED, "The event is none of a transfer.");
    }
    if (transfer_mail_db_read(checkout->pool, arena, transfer_id, &row) != DB_OK) {
        return fail(error, MAIL_PUT_OFF, "The transfer could not be read.");
    }
    if (!mail_address_is_usable(to_giver ? row.giver : row.taker)) {
        return fail(error, MAIL_REFUSED, "The address cannot be written in a mail.");
    }
    render(checkout, arena, delivery, said, &row, ret_mail);
    return MAIL_SENT;
}
