/* calendar.c: tickets as iCalendar lines. */
#include "fcgi/checkout/paper/calendar.h"
#include "common/clock.h"
#include "common/memory.h"
#include "fcgi/checkout/paper/order_link.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { LINE_OCTETS_MAX = 75 /* RFC 5545 §3.1, without the line break */ };

static bool continues_character(char octet)
{
    return ((unsigned char)octet & 0xc0) == 0x80;
}

/* Folds a long line: what follows stands on lines that begin with a space. Characters are not cut. */
static bool add_line(struct ticket_bytes *calendar, const char *line)
{
    size_t room = LINE_OCTETS_MAX;
    while (strlen(line) > room) {
        size_t cut = room;
        while (cut > 1 && continues_character(line[cut])) {
            cut--;
        }
        if (!ticket_bytes_add(calendar, line, cut) || !ticket_bytes_add(calendar, "\r\n ", 3)) {
            return false;
        }
        line += cut;
        room = LINE_OCTETS_MAX - 1;
    }
    return ticket_bytes_add(calendar, line, strlen(line)) && ticket_bytes_add(calendar, "\r\n", 2);
}

/* §3.3.11: backslash, semicolon, comma and line breaks (LF, CR, CRLF) are escaped; a tab is a space; other
 * control characters are left out. */
static const char *escape(struct arena *arena, const char *text)
{
    char *escaped = arena_alloc(arena, 2 * strlen(text) + 1);
    char *next = escaped;
    for (; *text != '\0'; text++) {
        if (strchr("\\;,", *text) != NULL) {
            *next++ = '\\';
            *next++ = *text;
        } else if (*text == '\t') {
            *next++ = ' ';
        } else if (*text == '\n' || (*text == '\r' && text[1] != '\n')) {
            *next++ = '\\';
            *next++ = 'n';
        } else if ((unsigned char)*text >= 0x20 && *text != 0x7f) {
            *next++ = *text;
        }
    }
    *next = '\0';
    return escaped;
}

/* "2026-12-01T12:00:00Z" → "20261201T120000Z" (§3.3.5, form 2) */
static const char *basic_time(struct arena *arena, const char *rfc3339)
{
    char *time = arena_text(arena, rfc3339);
    char *next = time;
    for (const char *character = rfc3339; *character != '\0'; character++) {
        if (*character != '-' && *character != ':') {
            *next++ = *character;
        }
    }
    *next = '\0';
    return time;
}

static const char *seat_line(struct arena *arena, const struct ticket_document *ticket)
{
    return arena_printf(arena, "Zone %s, row %s, seat %s\nPrice: %s\nOrder: %s\nAt the venue: %s, %s, %s",
                        ticket->zone, ticket->row, ticket->number, ticket->price, ticket->order_id,
                        ticket->day, ticket->time, ticket->zone_of_time);
}

static bool add_lines(struct ticket_bytes *calendar, size_t count, const char *const lines[])
{
    for (size_t i = 0; i < count; i++) {
        if (*lines[i] != '\0' && !add_line(calendar, lines[i])) {
            return false;
        }
    }
    return true;
}

static bool add_entry(const struct ticket_calendar *calendar, const struct ticket_document *ticket,
                      struct ticket_bytes *ret_calendar)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    char stamp[RFC3339_SIZE];
    clock_format(calendar->now, stamp);
    const char *const lines[] = {
        "BEGIN:VEVENT",
        arena_printf(arena, "UID:ticket-%s@event-ticketing", ticket->ticket_id),
        arena_printf(arena, "DTSTAMP:%s", basic_time(arena, stamp)),
        arena_printf(arena, "LAST-MODIFIED:%s", basic_time(arena, ticket->changed_at)),
        arena_printf(arena, "SEQUENCE:%lld", (long long)ticket->changes),
        arena_printf(arena, "ORGANIZER:mailto:%s", calendar->organizer),
        arena_printf(arena, "DTSTART:%s", basic_time(arena, ticket->starts_at)),
        arena_printf(arena, "DTEND:%s", basic_time(arena, ticket->ends_at)),
        arena_printf(arena, "SUMMARY:%s", escape(arena, ticket->event_title)),
        ticket->venue == NULL ? "" : arena_printf(arena, "LOCATION:%s", escape(arena, ticket->venue)),
        arena_printf(arena, "DESCRIPTION:%s", escape(arena, seat_line(arena, ticket))),
        arena_printf(arena, "URL:%s",
                     order_link(arena, calendar->public_url, ticket->is_buyers ? ticket->order_id : NULL)),
        ticket->is_void ? "STATUS:CANCELLED" : "STATUS:CONFIRMED",
        ticket->is_void ? "TRANSP:TRANSPARENT" : "TRANSP:OPAQUE",
        "END:VEVENT",
    };
    return add_lines(ret_calendar, ARRAY_LENGTH(lines), lines);
}

bool ticket_calendar_write(const struct ticket_calendar *calendar, struct ticket_bytes *ret_calendar)
{
    static const char *const opening[] = {
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Event Ticketing//Tickets//EN",
        "CALSCALE:GREGORIAN",
    };
    const char *const method = calendar->tickets[0].is_void ? "METHOD:CANCEL" : "METHOD:PUBLISH";
    static const char *const closing[] = {"END:VCALENDAR"};
    if (!add_lines(ret_calendar, ARRAY_LENGTH(opening), opening) || !add_line(ret_calendar, method)) {
        return false;
    }
    for (size_t i = 0; i < calendar->count; i++) {
        assert(calendar->tickets[i].is_void == calendar->tickets[0].is_void);
        if (!add_entry(calendar, &calendar->tickets[i], ret_calendar)) {
            return false;
        }
    }
    return add_lines(ret_calendar, ARRAY_LENGTH(closing), closing);
}

const char *ticket_calendar_type(const struct ticket_document *ticket)
{
    return ticket->is_void ? "text/calendar; charset=utf-8; method=CANCEL"
                           : "text/calendar; charset=utf-8; method=PUBLISH";
}
