/* calendar.h: a ticket's show as iCalendar (RFC 5545): UTC times, which every calendar shows in its
 * own zone. */
#ifndef TICKETING_PAPER_CALENDAR_H
#define TICKETING_PAPER_CALENDAR_H

#include "fcgi/checkout/paper/bytes.h"
#include "fcgi/checkout/paper/document.h"

/* `now` is when the entry is made, seconds since the epoch; `url` leads to the ticket. False when it becomes
 * too long. */
bool ticket_calendar_write(const struct ticket_document *ticket, const char *url, int64_t now,
                           struct ticket_bytes *ret_calendar) MUST_CHECK;

#endif
