/* calendar.h: tickets as entries of a calendar (iCalendar, RFC 5545): UTC times, which every calendar shows
 * in its own zone. An entry keeps the ticket's UID for ever, and its SEQUENCE goes up, so that a calendar
 * that has it takes the newer one instead. METHOD (iTIP, RFC 5546): PUBLISH, or CANCEL for void tickets. */
#ifndef TICKETING_PAPER_CALENDAR_H
#define TICKETING_PAPER_CALENDAR_H

#include "fcgi/checkout/paper/bytes.h"
#include "fcgi/checkout/paper/document.h"

struct ticket_calendar {
    const struct ticket_document *tickets; /* one or more; all of them void, or none */
    size_t count;
    const char *organizer;  /* e-mail address */
    const char *public_url; /* of the site, for links to the tickets */
    int64_t now;            /* when the file is made, seconds since the epoch */
};

/* False when it becomes too long. */
bool ticket_calendar_write(const struct ticket_calendar *calendar,
                           struct ticket_bytes *ret_calendar) MUST_CHECK;

/* "text/calendar; …": with the METHOD of the file, as §3.7.2 wants it. */
const char *ticket_calendar_type(const struct ticket_document *ticket);

#endif
