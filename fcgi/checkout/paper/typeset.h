/* typeset.h: setting text on a page: for the drawing of tickets only. Lengths in points; (x, y) is where the
 * baseline begins. Text is UTF-8; control characters are set as spaces. The font is DejaVu Sans; a glyph that
 * it lacks comes from another installed font (fcgi/checkout/paper/README.md names Debian's). */
#ifndef TICKETING_PAPER_TYPESET_H
#define TICKETING_PAPER_TYPESET_H

#include "common/cleanup.h"
#include <cairo.h>
#include <stdbool.h>

struct typeset_style {
    double size;
    bool bold;
    bool mono;
    unsigned colour; /* 0xRRGGBB */
};

/* How wide the text would be on one line. */
double typeset_width(cairo_t *cairo, const struct typeset_style *style, const char *text);
/* One line, made smaller down to `least` points and then cut with an ellipsis so that it is at most `width`
 * wide. It begins at x, whatever the direction of its script. */
void typeset_line(cairo_t *cairo, const struct typeset_style *style, const char *text, double x, double y,
                  double width, double least);
/* Up to `lines` lines broken where the script allows it, the last one cut with an ellipsis; the height used.
 */
double typeset_block(cairo_t *cairo, const struct typeset_style *style, const char *text, double x, double y,
                     double width, int lines);

/* The fonts that one thread at a time draws with. A thread without them loads fonts of its own and keeps them
 * until it ends. */
struct typeset_fonts;
struct typeset_fonts *typeset_fonts_new(void) __attribute__((returns_nonnull));
void typeset_fonts_free(struct typeset_fonts *fonts);
DEFINE_CLEANUP(struct typeset_fonts *, typeset_fonts_free)
/* Has this thread draw with these fonts from now on; NULL: with none of those given before. */
void typeset_fonts_use(const struct typeset_fonts *fonts);

#endif
