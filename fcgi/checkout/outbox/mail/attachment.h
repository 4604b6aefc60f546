/* attachment.h: files of tickets that go with a mail. */
#ifndef TICKETING_OUTBOX_MAIL_ATTACHMENT_H
#define TICKETING_OUTBOX_MAIL_ATTACHMENT_H

#include "common/mail.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/tickets/files_db.h"

/* Adds tickets.pdf, all tickets a page each. None is added when there are no tickets. False when it has to be
 * tried again later: a code cannot be signed just now, or the page cannot be drawn. */
bool attachment_pdf(const struct checkout *checkout, struct arena *arena, const struct ticket_papers *papers,
                    struct mail *mail) MUST_CHECK;

/* Adds event.ics, an entry for each ticket: all of them void, or none. None is added when there are no
 * tickets. False when it would be too long. */
bool attachment_calendar(const struct checkout *checkout, struct arena *arena,
                         const struct ticket_papers *papers, struct mail *mail) MUST_CHECK;

#endif
