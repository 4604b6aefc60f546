/* pdf.h: tickets to print at home: PDF by cairo, A4, fonts embedded.
 *
 * Drawing takes memory and processor time, so a press with few places lets few threads draw at once; fonts
 * are not looked at before the first page is drawn. */
#ifndef TICKETING_PAPER_PDF_H
#define TICKETING_PAPER_PDF_H

#include "fcgi/checkout/paper/bytes.h"
#include "fcgi/checkout/paper/document.h"
#include "fcgi/checkout/paper/typeset.h"

struct ticket_press; /* opaque; shared between threads */

/* `waiting_max`: how many threads may wait for a place; each of them serves nothing else meanwhile. */
struct ticket_press *ticket_press_new(int places, int waiting_max) __attribute__((returns_nonnull));
void ticket_press_free(struct ticket_press *press);

/* Waits for a place and gives the fonts to draw with, which this thread uses until it leaves. Threads get
 * places in the order in which they came. NULL at once when so many wait already that the client had better
 * come back later. */
struct typeset_fonts *ticket_press_enter(struct ticket_press *press) MUST_CHECK;
/* The same however many wait. For the thread that sends mails: a flood of requests must not put mails off. */
struct typeset_fonts *ticket_press_wait(struct ticket_press *press)
    __attribute__((returns_nonnull, warn_unused_result));
void ticket_press_leave(struct ticket_press *press, struct typeset_fonts *fonts);

enum ticket_layout {
    TICKET_LAYOUT_PAGE,  /* a page each */
    TICKET_LAYOUT_SHEET, /* three on a page, to cut out */
};

/* Draws `count` (≥ 1) tickets. Call between enter and leave. False when that failed. */
bool ticket_pdf_draw(const struct ticket_document *tickets, size_t count, enum ticket_layout layout,
                     struct ticket_bytes *ret_pdf) MUST_CHECK;

#endif
