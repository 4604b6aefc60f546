/* draw.h: what the pages of tickets are made of: for pdf.c and sheet.c only. Lengths in
 * points, from the page's upper left corner. */
#ifndef TICKETING_PAPER_DRAW_H
#define TICKETING_PAPER_DRAW_H

#include "common/cleanup.h"
#include "fcgi/checkout/paper/document.h"
#include "fcgi/checkout/paper/typeset.h"

/* A4 is 210 mm × 297 mm. */
#define TICKET_PAGE_WIDTH 595.28
#define TICKET_PAGE_HEIGHT 841.89
#define TICKET_MARGIN 42.5
#define TICKET_CARD_WIDTH 510.28

enum ticket_colour {
    TICKET_INK = 0x16213e,
    TICKET_TEXT = 0x1f2937,
    TICKET_FAINT = 0x6b7280,
    TICKET_RULE = 0xd1d5db,
    TICKET_PAPER = 0xffffff,
    TICKET_PALE = 0xc7d2fe
};

struct ticket_box {
    double x, y, width, height;
};

/* A frame with round corners whose uppermost `head_height` is filled with ink. */
void ticket_draw_card(cairo_t *cairo, const struct ticket_box *card, double head_height);
void ticket_draw_rule(cairo_t *cairo, double x, double y, double width, bool dashed);

void ticket_draw_label(cairo_t *cairo, const char *label, double x, double y, double width);

/* A small label whose baseline is at y, and the value below it on one line. */
void ticket_draw_labelled(cairo_t *cairo, const char *label, const struct typeset_style *type,
                          const char *value, double x, double y, double width);

/* How names of zones, rows and seats are set: large, or, when long, in several lines of small type. */
struct ticket_place_type {
    struct typeset_style large, small;
    int lines;
};

/* Zone, row and seat beside each other. */
void ticket_draw_seat(cairo_t *cairo, const struct ticket_place_type *type,
                      const struct ticket_document *ticket, double x, double y, double width);

/* sheet.c: tickets to cut out, up to TICKET_SHEET_ROWS on a page; the page is the caller's to show. */
enum { TICKET_SHEET_ROWS = 3 };

bool ticket_sheet_draw(cairo_t *cairo, const struct ticket_document *tickets, int count) MUST_CHECK;

#endif
