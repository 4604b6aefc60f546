/* document.h: what a ticket's papers say. */
#ifndef TICKETING_PAPER_DOCUMENT_H
#define TICKETING_PAPER_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

/* One ticket as text for people; UTF-8. */
struct ticket_document {
    const char *ticket_id;
    const char *order_id;
    const char *event_title;
    const char *venue;        /* NULL: not known */
    const char *day;          /* at the venue, e.g. "Tuesday, 1 December 2026" */
    const char *time;         /* at the venue, e.g. "19:30" */
    const char *zone_of_time; /* e.g. "Asia/Ho_Chi_Minh (UTC+7)" */
    const char *starts_at;    /* RFC 3339, UTC; so are the next two */
    const char *ends_at;      /* that of the show, else as long as its event says that shows last */
    const char *changed_at;   /* when anything of this was changed last */
    int64_t changes;          /* of what a calendar says of it; one more for a ticket that has become void */
    bool is_void;             /* opens no gate any more */
    bool is_buyers;           /* not passed on: its holder is who may see the order */
    const char *zone;
    const char *row;
    const char *number;
    const char *seat_id;
    const char *price; /* with its currency */
    const char *buyer;
    const char *qr; /* the signed text */
};

#endif
