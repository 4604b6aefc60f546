/* typeset.h: setting text on a page: for the drawing of tickets only. Lengths in points; (x, y) is where
 * the baseline begins. Text is UTF-8; control characters are set as spaces. The font is DejaVu Sans, which
 * has all of Latin with the Vietnamese accents, Greek and Cyrillic. */
#ifndef TICKETING_PAPER_TYPESET_H
#define TICKETING_PAPER_TYPESET_H

#include <cairo.h>
#include <stdbool.h>

struct ticket_type {
    double size;
    bool bold;
    bool mono;
    unsigned colour; /* 0xRRGGBB */
};

/* How wide the text would be on one line. */
double ticket_type_width(cairo_t *cairo, const struct ticket_type *type, const char *text);
/* One line, made smaller down to `least` points and then cut with an ellipsis so that it is at most `width`
 * wide. */
void ticket_type_line(cairo_t *cairo, const struct ticket_type *type, const char *text, double x, double y,
                      double width, double least);
/* Up to `lines` lines broken at spaces, the last one cut with an ellipsis; the height used. */
double ticket_type_block(cairo_t *cairo, const struct ticket_type *type, const char *text, double x, double y,
                         double width, int lines);

/* Gives back what the font libraries keep. No page may be drawn meanwhile. */
void ticket_type_release(void);

#endif
