/* Text of many scripts on a ticket: the glyphs themselves, not the text behind them, which is right even
 * where boxes are seen. A page is rendered by poppler and compared with librsvg's picture of the same text.
 */
#include "common/cleanup.h"
#include "common/memory.h"
#include "fcgi/checkout/paper/typeset.h"
#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 480, HEIGHT = 80, BASELINE = 50, SIZE = 28, LEFT = 10 };

static const struct typeset_style STYLE = {.size = SIZE, .colour = 0};

static const struct {
    const char *name;
    const char *text;
    bool toy_fails; /* cairo's own text functions set it wrongly */
} samples[] = {
    {"latin", "Concert, Friday 12", false},
    {"vietnamese", "Đêm nhạc Hồng Phượng", false},
    {"vietnamese decomposed", "Ph\x75\xcc\x9b\x6f\xcc\x9b\xcc\xa3ng Ki\x65\xcc\x82\xcc\x80u", false},
    {"arabic", "مرحبا بالعالم", true},
    {"hebrew", "שלום עולם", true},
    {"japanese", "東京ドーム公演", true},
    {"hindi", "हिन्दी क्षत्रिय", true},
    {"thai", "น้ำตกที่กรุงเทพ", true},
    {"emoji", "🎫 🎸", true},
    {"mixed directions", "Gate שלום 12", true},
};

static void fill_white(cairo_t *cairo)
{
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
}

/* Writes a PDF of the text, by typeset.c or by cairo's own text functions. */
static void write_pdf(const char *folder, const char *text, bool toy)
{
    CLEANUP(free) char *path = NULL;
    assert_true(asprintf(&path, "%s/ours.pdf", folder) > 0);
    cairo_surface_t *surface = cairo_pdf_surface_create(path, WIDTH, HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    fill_white(cairo);
    if (toy) {
        cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(cairo, SIZE);
        cairo_set_source_rgb(cairo, 0, 0, 0);
        cairo_move_to(cairo, LEFT, BASELINE);
        cairo_show_text(cairo, text);
    } else {
        typeset_line(cairo, &STYLE, text, LEFT, BASELINE, WIDTH - 2 * LEFT, SIZE);
    }
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(surface);
}

static void write_svg(const char *folder, const char *text)
{
    CLEANUP(free) char *path = NULL;
    assert_true(asprintf(&path, "%s/theirs.svg", folder) > 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(
        file,
        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d'><rect width='100%%' height='100%%' "
        "fill='white'/><text x='%d' y='%d' font-family='DejaVu Sans, Noto Sans' "
        "font-size='%d'>%s</text></svg>",
        WIDTH, HEIGHT, LEFT, BASELINE, SIZE, text);
    fclose(file);
}

static void run(const char *folder, const char *command)
{
    CLEANUP(free) char *line = NULL;
    assert_true(asprintf(&line, "cd '%s' && %s", folder, command) > 0);
    assert_int_equal(system(line), 0); /* NOLINT(cert-env33-c): a folder that mkdtemp() named */
}

/* How dark each pixel is, 0 to 1, blurred over 3 × 3 so that hinting does not count. Free with free(). */
static float *read_ink(const char *folder, const char *name)
{
    CLEANUP(free) char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    cairo_surface_t *picture = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_surface_status(picture), CAIRO_STATUS_SUCCESS);
    assert_in_range(cairo_image_surface_get_width(picture), WIDTH, WIDTH);
    assert_in_range(cairo_image_surface_get_height(picture), HEIGHT, HEIGHT);
    const unsigned char *pixels = cairo_image_surface_get_data(picture);
    int stride = cairo_image_surface_get_stride(picture);
    float *ink = memory_new((size_t)WIDTH * HEIGHT, sizeof(*ink));
    for (int y = 1; y < HEIGHT - 1; y++) {
        for (int x = 1; x < WIDTH - 1; x++) {
            float sum = 0;
            for (int i = 0; i < 9; i++) {
                sum += (float)(255 - pixels[(y + i / 3 - 1) * stride + (x + i % 3 - 1) * 4 + 1]);
            }
            ink[y * WIDTH + x] = sum / 9 / 255;
        }
    }
    cairo_surface_destroy(picture);
    return ink;
}

/* 1: the same picture; 0: nothing in common (normalised correlation). */
static double likeness(const float *one, const float *other)
{
    double product = 0;
    double square_one = 1e-9;
    double square_other = 1e-9;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        product += (double)one[i] * (double)other[i];
        square_one += (double)one[i] * (double)one[i];
        square_other += (double)other[i] * (double)other[i];
    }
    return product / sqrt(square_one * square_other);
}

static double likeness_of(const char *folder, const char *text, bool toy)
{
    write_pdf(folder, text, toy);
    run(folder, "pdftoppm -png -singlefile -r 72 ours.pdf ours");
    CLEANUP(free) char *ours = (char *)read_ink(folder, "ours.png");
    CLEANUP(free) char *theirs = (char *)read_ink(folder, "theirs.png");
    return likeness((float *)ours, (float *)theirs);
}

static void scripts_look_as_another_program_draws_them(void **state)
{
    (void)state;
    char folder[] = "/tmp/typeset-XXXXXX";
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        write_svg(folder, samples[i].text);
        run(folder, "rsvg-convert -o theirs.png theirs.svg");
        double ours = likeness_of(folder, samples[i].text, false);
        double toy = likeness_of(folder, samples[i].text, true);
        print_message("%s: %.3f, by cairo's own text functions %.3f\n", samples[i].name, ours, toy);
        assert_true(ours > 0.88);
        /* The comparison sees the fault it is for. */
        assert_true(!samples[i].toy_fails || toy < 0.8);
    }
    run(folder, "rm -f ours.pdf ours.png theirs.svg theirs.png && rmdir \"$PWD\"");
}

/* How many characters no font of this machine can show. */
static int missing_glyphs(cairo_t *cairo, const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    pango_layout_set_text(layout, text, -1);
    const int count = pango_layout_get_unknown_glyphs_count(layout);
    g_object_unref(layout);
    return count;
}

static void every_character_has_a_glyph(void **state)
{
    (void)state;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cairo = cairo_create(surface);
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        assert_int_equal(missing_glyphs(cairo, samples[i].text), 0);
    }
    assert_int_equal(missing_glyphs(cairo, "\xf3\xb0\x80\x80"), 1); /* U+F0000, for private use */
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

static void text_keeps_to_its_width(void **state)
{
    (void)state;
    static const char LONG[] =
        "東京ドーム公演 मरहबा بالعالم مرحبا بالعالم مرحبا بالعالم مرحبا بالعالم เชียงใหม่เชียงใหม่เชียงใหม่";
    cairo_rectangle_t page = {0, 0, WIDTH, 4 * HEIGHT};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &page);
    cairo_t *cairo = cairo_create(surface);
    assert_true(typeset_width(cairo, &STYLE, LONG) > WIDTH);
    double height = typeset_block(cairo, &STYLE, LONG, LEFT, BASELINE, 200, 2);
    typeset_line(cairo, &STYLE, LONG, LEFT, 3 * BASELINE, 200, SIZE / 2.0);
    double x = 0;
    double y = 0;
    double width = 0;
    double ignored = 0;
    cairo_recording_surface_ink_extents(surface, &x, &y, &width, &ignored);
    assert_true(height > 2 * SIZE && height < 3 * SIZE);
    assert_true(x >= LEFT - 3 && x + width <= LEFT + 200 + 3);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts_look_as_another_program_draws_them),
        cmocka_unit_test(every_character_has_a_glyph),
        cmocka_unit_test(text_keeps_to_its_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
