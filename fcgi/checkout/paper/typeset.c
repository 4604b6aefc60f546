/* typeset.c: sets text with Pango, which shapes every script, orders text that runs from right to left, and
 * takes a glyph from another font where the wanted font has none. */
#include "fcgi/checkout/paper/typeset.h"
#include "common/cleanup.h"
#include "common/memory.h"
#include <pango/pangocairo.h>
#include <string.h>

/* fontconfig adds every other font of the machine behind these. */
static const char SANS[] = "DejaVu Sans, Noto Sans";
static const char MONO[] = "DejaVu Sans Mono, Noto Sans Mono";
static const double LINE_HEIGHT = 1.25; /* of the type's size */

static void layout_free(PangoLayout *layout)
{
    if (layout != NULL) {
        g_object_unref(layout);
    }
}
DEFINE_CLEANUP(PangoLayout *, layout_free)

/* A copy with spaces for control characters; free with free(). */
static char *printable(const char *text)
{
    char *copy = memory_text(text);
    for (char *next = copy; *next != '\0'; next++) {
        if ((unsigned char)*next < 0x20 || *next == 0x7f) {
            *next = ' ';
        }
    }
    return copy;
}

static void set_size(PangoLayout *layout, const struct typeset_style *style, double size)
{
    PangoFontDescription *font = pango_font_description_from_string(style->mono ? MONO : SANS);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

static PangoLayout *layout_new(cairo_t *cairo, const struct typeset_style *style, const char *text)
{
    CLEANUP(free) char *line = printable(text);
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    pango_context_set_round_glyph_positions(pango_layout_get_context(layout), FALSE);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_text(layout, line, -1);
    set_size(layout, style, style->size);
    cairo_set_source_rgb(cairo, (style->colour >> 16) / 255.0, (style->colour >> 8 & 0xff) / 255.0,
                         (style->colour & 0xff) / 255.0);
    return layout;
}

static double layout_width(PangoLayout *layout)
{
    PangoRectangle extents;
    pango_layout_get_extents(layout, NULL, &extents);
    return (double)extents.width / PANGO_SCALE;
}

/* Lines that do not fit are cut with an ellipsis; `lines` is how many there may be. */
static void set_room(PangoLayout *layout, double width, int lines)
{
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_height(layout, -lines);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
}

/* A single line begins at the left below its label, whatever its script. Of several lines those that run from
 * right to left begin at the right. The distance of baselines is ours, because fonts of other scripts are
 * higher than the one that the page was designed for. */
static void show(cairo_t *cairo, PangoLayout *layout, double x, double y, double width, double line_height)
{
    int lines = pango_layout_get_line_count(layout);
    for (int i = 0; i < lines; i++) {
        PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
        PangoRectangle extents;
        pango_layout_line_get_extents(line, NULL, &extents);
        bool from_right = lines > 1 && pango_layout_line_get_resolved_direction(line) == PANGO_DIRECTION_RTL;
        cairo_move_to(cairo, from_right ? x + width - (double)extents.width / PANGO_SCALE : x,
                      y + i * line_height);
        pango_cairo_show_layout_line(cairo, line);
    }
}

double typeset_width(cairo_t *cairo, const struct typeset_style *style, const char *text)
{
    CLEANUP(layout_free) PangoLayout *layout = layout_new(cairo, style, text);
    return layout_width(layout);
}

void typeset_line(cairo_t *cairo, const struct typeset_style *style, const char *text, double x, double y,
                  double width, double least)
{
    CLEANUP(layout_free) PangoLayout *layout = layout_new(cairo, style, text);
    double wide = layout_width(layout);
    if (wide > width) {
        double size = style->size * width / wide > least ? style->size * width / wide : least;
        set_size(layout, style, size);
        set_room(layout, width + 0.01 * size /* what rounding may have added */, 1);
    }
    show(cairo, layout, x, y, width, 0);
}

double typeset_block(cairo_t *cairo, const struct typeset_style *style, const char *text, double x, double y,
                     double width, int lines)
{
    CLEANUP(layout_free) PangoLayout *layout = layout_new(cairo, style, text);
    double line_height = style->size * LINE_HEIGHT;
    set_room(layout, width, lines);
    show(cairo, layout, x, y, width, line_height);
    return *text == '\0' ? 0 : pango_layout_get_line_count(layout) * line_height;
}

struct typeset_fonts {
    PangoFontMap *map;
};

struct typeset_fonts *typeset_fonts_new(void)
{
    struct typeset_fonts *fonts = memory_new(1, sizeof(*fonts));
    fonts->map = pango_cairo_font_map_new();
    return fonts;
}

void typeset_fonts_free(struct typeset_fonts *fonts)
{
    if (fonts != NULL) {
        g_object_unref(fonts->map);
        free(fonts);
    }
}

void typeset_fonts_use(const struct typeset_fonts *fonts)
{
    pango_cairo_font_map_set_default(fonts == NULL ? NULL : PANGO_CAIRO_FONT_MAP(fonts->map));
}

#ifdef __SANITIZE_ADDRESS__
/* What the font libraries keep until the process ends is no leak of ours. To give it back with FcFini() and
 * cairo_debug_reset_static_data() would be worse: both abort after a colour font was used, of which
 * cairo 1.16 loses a reference for each PDF. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so\nleak:libcairo.so\nleak:libpango";
}
#endif
