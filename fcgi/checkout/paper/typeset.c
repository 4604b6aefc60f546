#include "fcgi/checkout/paper/typeset.h"
#include "common/cleanup.h"
#include "common/memory.h"
#include <fontconfig/fontconfig.h>
#include <string.h>

static const char ELLIPSIS[] = "…";
static const double LINE_HEIGHT = 1.25; /* of the type's size */

static void use_type(cairo_t *cairo, const struct ticket_type *type, double size)
{
    cairo_select_font_face(cairo, type->mono ? "DejaVu Sans Mono" : "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           type->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, size);
    cairo_set_source_rgb(cairo, (type->colour >> 16) / 255.0, (type->colour >> 8 & 0xff) / 255.0,
                         (type->colour & 0xff) / 255.0);
}

static double width_of(cairo_t *cairo, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(cairo, text, &extents);
    return extents.x_advance;
}

/* A copy without control characters, with room for an ellipsis behind it; free with free(). */
static char *printable(const char *text)
{
    char *copy = memory_new(strlen(text) + sizeof(ELLIPSIS), 1);
    for (size_t i = 0; text[i] != '\0'; i++) {
        copy[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i];
    }
    return copy;
}

/* Where the character before `end` begins. */
static size_t previous(const char *text, size_t end)
{
    do {
        end--;
    } while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80);
    return end;
}

/* Cuts `text`, which has room for the ellipsis, to the width. */
static void cut(cairo_t *cairo, char *text, double width)
{
    size_t length = strlen(text);
    while (length > 0 && width_of(cairo, text) > width) {
        length = previous(text, length);
        memcpy(text + length, ELLIPSIS, sizeof(ELLIPSIS));
    }
}

static void show(cairo_t *cairo, const char *text, double x, double y)
{
    cairo_move_to(cairo, x, y);
    cairo_show_text(cairo, text);
}

double ticket_type_width(cairo_t *cairo, const struct ticket_type *type, const char *text)
{
    CLEANUP(free) char *line = printable(text);
    use_type(cairo, type, type->size);
    return width_of(cairo, line);
}

void ticket_type_line(cairo_t *cairo, const struct ticket_type *type, const char *text, double x, double y,
                      double width, double least)
{
    CLEANUP(free) char *line = printable(text);
    double size = type->size;
    use_type(cairo, type, size);
    double wide = width_of(cairo, line);
    if (wide > width) {
        size = size * width / wide > least ? size * width / wide : least;
        use_type(cairo, type, size);
        cut(cairo, line, width + 0.01 * size); /* what rounding may have added */
    }
    show(cairo, line, x, y);
}

/* How many bytes of `text` fit on a line: up to a space or behind a hyphen if there is one, else up to a
 * character. */
static size_t fitting(cairo_t *cairo, char *text, double width)
{
    size_t length = strlen(text);
    size_t end = length;
    size_t gap = 0;
    while (end > 0) {
        char kept = text[end];
        text[end] = '\0';
        bool fits = width_of(cairo, text) <= width;
        text[end] = kept;
        if (fits) {
            break;
        }
        end = previous(text, end);
    }
    if (end == length) {
        return end;
    }
    for (size_t i = 0; i <= end; i++) {
        if (text[i] == ' ' || (i > 0 && text[i - 1] == '-')) {
            gap = i;
        }
    }
    if (gap > 0) {
        return gap;
    }
    return end > 0 ? end : previous(text, length); /* not even one character: the caller cuts it */
}

double ticket_type_block(cairo_t *cairo, const struct ticket_type *type, const char *text, double x, double y,
                         double width, int lines)
{
    CLEANUP(free) char *rest = printable(text);
    char *next = rest;
    double height = 0;
    use_type(cairo, type, type->size);
    for (int line = 1; line <= lines && *next != '\0'; line++) {
        size_t end = fitting(cairo, next, width);
        if (line == lines || next[end] == '\0') {
            cut(cairo, next, width);
            end = strlen(next);
        }
        char kept = next[end];
        next[end] = '\0';
        show(cairo, next, x, y + height);
        next[end] = kept;
        next += end + strspn(next + end, " ");
        height += type->size * LINE_HEIGHT;
    }
    return height;
}

void ticket_type_release(void)
{
    cairo_debug_reset_static_data();
    FcFini();
}
