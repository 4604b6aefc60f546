/* attachment.c: files of tickets that go with a mail. */
#include "fcgi/checkout/outbox/mail/attachment.h"
#include "common/clock.h"
#include "fcgi/checkout/paper/calendar.h"
#include "fcgi/checkout/paper/pdf.h"
#include "fcgi/checkout/tickets/ticket_code.h"
#include <string.h>

/* The bytes are copied into the arena: a mail is rendered after the one who wrote it has ended. */
static void attach(struct arena *arena, const char *name, const char *type, const struct ticket_bytes *bytes,
                   struct mail *mail)
{
    struct mail_attachment *all = arena_alloc(arena, (mail->attachment_count + 1) * sizeof(*all));
    char *data = arena_alloc(arena, bytes->length);
    memcpy(data, bytes->data, bytes->length);
    if (mail->attachment_count > 0) {
        memcpy(all, mail->attachments, mail->attachment_count * sizeof(*all));
    }
    all[mail->attachment_count] =
        (struct mail_attachment){.name = name, .content_type = type, .data = data, .length = bytes->length};
    mail->attachments = all;
    mail->attachment_count++;
}

static struct ticket_document *documents_of(struct arena *arena, const struct ticket_papers *papers)
{
    struct ticket_document *documents = arena_alloc(arena, papers->count * sizeof(*documents));
    for (size_t i = 0; i < papers->count; i++) {
        documents[i] = papers->items[i].document;
    }
    return documents;
}

bool attachment_pdf(const struct checkout *checkout, struct arena *arena, const struct ticket_papers *papers,
                    struct mail *mail)
{
    if (papers->count == 0) {
        return true;
    }
    struct ticket_document *tickets = documents_of(arena, papers);
    for (size_t i = 0; i < papers->count; i++) {
        const struct ticket_paper *paper = &papers->items[i];
        tickets[i].qr =
            ticket_code_text(checkout->ticket_keys, arena, paper->admits, paper->document.ticket_id,
                             paper->show_id, paper->document.seat_id, paper->revision);
        if (tickets[i].qr == NULL) {
            return false;
        }
    }
    struct ticket_bytes pdf TICKET_BYTES_AUTO = {0};
    struct typeset_fonts *fonts = ticket_press_wait(checkout->press);
    bool drawn = ticket_pdf_draw(tickets, papers->count, TICKET_LAYOUT_PAGE, &pdf);
    ticket_press_leave(checkout->press, fonts);
    if (drawn) {
        attach(arena, "tickets.pdf", "application/pdf", &pdf, mail);
    }
    return drawn;
}

bool attachment_calendar(const struct checkout *checkout, struct arena *arena,
                         const struct ticket_papers *papers, struct mail *mail)
{
    if (papers->count == 0) {
        return true;
    }
    struct ticket_bytes bytes TICKET_BYTES_AUTO = {0};
    const struct ticket_calendar calendar = {
        .tickets = documents_of(arena, papers),
        .count = papers->count,
        .organizer = checkout->config->mail_from,
        .public_url = checkout->config->public_url,
        .now = clock_seconds(),
    };
    if (!ticket_calendar_write(&calendar, &bytes)) {
        return false;
    }
    attach(arena, "event.ics", ticket_calendar_type(&calendar.tickets[0]), &bytes, mail);
    return true;
}
