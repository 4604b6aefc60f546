/* image.h: QR codes (ISO/IEC 18004) by libqrencode, level M, with the quiet zone of 4 modules that
 * scanners ask for. */
#ifndef TICKETING_PAPER_IMAGE_H
#define TICKETING_PAPER_IMAGE_H

#include "fcgi/checkout/paper/bytes.h"
#include <cairo.h>

enum { TICKET_IMAGE_QUIET = 4 /* modules around the code */ };

/* Each is false when the text does not fit into a code or the image cannot be made. Text: ASCII. */

/* An SVG document. */
bool ticket_image_svg(const char *text, struct ticket_bytes *ret_svg) MUST_CHECK;
/* A PNG of 8 pixels a module. */
bool ticket_image_png(const char *text, struct ticket_bytes *ret_png) MUST_CHECK;
/* Draws the code, quiet zone included, into the square at (x, y). */
bool ticket_image_draw(cairo_t *cairo, const char *text, double x, double y, double size) MUST_CHECK;

#endif
