/* image.c: QR codes as SVG, as PNG and on a page. */
#include "fcgi/checkout/paper/image.h"
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

enum { PIXELS_PER_MODULE = 8 };

DEFINE_CLEANUP(QRcode *, QRcode_free)
DEFINE_CLEANUP(cairo_surface_t *, cairo_surface_destroy)

static QRcode *encode(const char *text)
{
    return QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
}

static bool is_dark(const QRcode *code, int x, int y)
{
    return (code->data[y * code->width + x] & 1) != 0;
}

/* The length of the run of dark modules that begins here. */
static int dark_run(const QRcode *code, int x, int y)
{
    int length = 0;
    while (x + length < code->width && is_dark(code, x + length, y)) {
        length++;
    }
    return length;
}

static bool svg_runs(const QRcode *code, struct ticket_bytes *svg)
{
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            int run = dark_run(code, x, y);
            char part[64];
            int length = snprintf(part, sizeof(part), "M%d %dh%dv1h-%dz", x + TICKET_IMAGE_QUIET,
                                  y + TICKET_IMAGE_QUIET, run, run);
            if (run > 0 && !ticket_bytes_add(svg, part, (size_t)length)) {
                return false;
            }
            x += run;
        }
    }
    return true;
}

bool ticket_image_svg(const char *text, struct ticket_bytes *ret_svg)
{
    CLEANUP(QRcode_free) QRcode *code = encode(text);
    if (code == NULL) {
        return false;
    }
    int side = code->width + 2 * TICKET_IMAGE_QUIET;
    char head[512];
    int length =
        snprintf(head, sizeof(head),
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                 "shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"",
                 side * PIXELS_PER_MODULE, side * PIXELS_PER_MODULE, side, side, side, side);
    static const char tail[] = "\"/></svg>\n";
    return ticket_bytes_add(ret_svg, head, (size_t)length) && svg_runs(code, ret_svg) &&
           ticket_bytes_add(ret_svg, tail, sizeof(tail) - 1);
}

/* cairo_write_func_t */
static cairo_status_t write_bytes(void *context, const unsigned char *data, unsigned int length)
{
    return ticket_bytes_add(context, data, length) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

bool ticket_image_png(const char *text, struct ticket_bytes *ret_png)
{
    CLEANUP(QRcode_free) QRcode *code = encode(text);
    if (code == NULL) {
        return false;
    }
    int side = (code->width + 2 * TICKET_IMAGE_QUIET) * PIXELS_PER_MODULE;
    CLEANUP(cairo_surface_destroy)
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_A8, side, side); /* written as shades of grey */
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        return false;
    }
    unsigned char *pixels = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            int column = x / PIXELS_PER_MODULE - TICKET_IMAGE_QUIET;
            int row = y / PIXELS_PER_MODULE - TICKET_IMAGE_QUIET;
            bool inside = column >= 0 && column < code->width && row >= 0 && row < code->width;
            pixels[(size_t)y * stride + (size_t)x] = inside && is_dark(code, column, row) ? 0x00 : 0xff;
        }
    }
    cairo_surface_mark_dirty(surface);
    return cairo_surface_write_to_png_stream(surface, write_bytes, ret_png) == CAIRO_STATUS_SUCCESS;
}

bool ticket_image_draw(cairo_t *cairo, const char *text, double x, double y, double size)
{
    CLEANUP(QRcode_free) QRcode *code = encode(text);
    if (code == NULL) {
        return false;
    }
    double module = size / (code->width + 2 * TICKET_IMAGE_QUIET);
    cairo_save(cairo);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_rectangle(cairo, x, y, size, size);
    cairo_fill(cairo);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    for (int row = 0; row < code->width; row++) {
        for (int column = 0; column < code->width; column++) {
            int run = dark_run(code, column, row);
            if (run > 0) {
                cairo_rectangle(cairo, x + (column + TICKET_IMAGE_QUIET) * module,
                                y + (row + TICKET_IMAGE_QUIET) * module, run * module, module);
            }
            column += run;
        }
    }
    cairo_fill(cairo); /* all at once: no hairlines between modules */
    cairo_restore(cairo);
    return true;
}
