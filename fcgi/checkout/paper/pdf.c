/* pdf.c: one ticket a page. */
#include "fcgi/checkout/paper/pdf.h"
#include "fcgi/checkout/paper/draw.h"
#include "fcgi/checkout/paper/image.h"
#include <cairo-pdf.h>
#include <stdio.h>

static const double CARD_HEIGHT = 400;
static const double HEAD_HEIGHT = 104;
static const double PADDING = 24;
static const double TITLE_WIDTH = 462.28; /* points, as all here; between the paddings */
static const double CODE_SIZE = 204;      /* 57 modules of 1.26 mm: 7 pixels each at 150 dpi */
static const double LEFT_WIDTH = 240;

static const struct typeset_style TITLE = {.size = 22, .bold = true, .colour = TICKET_PAPER};
static const struct typeset_style LONG_TITLE = {.size = 15.5, .bold = true, .colour = TICKET_PAPER};
static const struct typeset_style OVER_TITLE = {.size = 8.5, .bold = true, .colour = TICKET_PALE};
static const struct typeset_style VALUE = {.size = 12, .bold = true, .colour = TICKET_TEXT};
static const struct typeset_style DETAIL = {.size = 10, .colour = TICKET_TEXT};
static const struct ticket_place_type PLACE = {
    .large = {.size = 26, .bold = true, .colour = TICKET_INK},
    .small = {.size = 9.5, .bold = true, .colour = TICKET_INK},
    .lines = 4,
};
static const struct typeset_style NUMBER = {.size = 8.5, .mono = true, .colour = TICKET_TEXT};
static const struct typeset_style NOTE = {.size = 9, .colour = TICKET_FAINT};

static void draw_head(cairo_t *cairo, const struct ticket_document *ticket)
{
    double x = TICKET_MARGIN + PADDING;
    typeset_line(cairo, &OVER_TITLE, "ADMIT ONE", x, TICKET_MARGIN + 28, TITLE_WIDTH, 6);
    if (typeset_width(cairo, &TITLE, ticket->event_title) <= TITLE_WIDTH) {
        typeset_line(cairo, &TITLE, ticket->event_title, x, TICKET_MARGIN + 68, TITLE_WIDTH + 1, TITLE.size);
        return;
    }
    bool long_title = typeset_width(cairo, &TITLE, ticket->event_title) > 1.7 * TITLE_WIDTH;
    typeset_block(cairo, long_title ? &LONG_TITLE : &TITLE, ticket->event_title, x,
                  TICKET_MARGIN + (long_title ? 49 : 56), TITLE_WIDTH, long_title ? 3 : 2);
}

static void draw_when_and_where(cairo_t *cairo, const struct ticket_document *ticket, double x, double y)
{
    char time[128];
    snprintf(time, sizeof(time), "%s  ·  %s", ticket->time, ticket->zone_of_time);
    ticket_draw_labelled(cairo, "DATE", &VALUE, ticket->day, x, y, LEFT_WIDTH);
    typeset_line(cairo, &DETAIL, time, x, y + 35, LEFT_WIDTH, 6);
    if (ticket->venue != NULL && *ticket->venue != '\0') {
        ticket_draw_label(cairo, "VENUE", x, y + 60, LEFT_WIDTH);
        typeset_block(cairo, &VALUE, ticket->venue, x, y + 78, LEFT_WIDTH, 2);
    }
}

static void draw_notes(cairo_t *cairo)
{
    static const char *const notes[] = {
        "Bring this page, on paper or on a screen. The code admits one person, once: the person who shows it "
        "first "
        "gets in, "
        "so do not post or share a picture of it.",
        "Print it at 100 % in black on white and do not fold it through the code. On a telephone, turn the "
        "brightness up.",
        "If the ticket is passed on to another person, this page becomes void and the new owner gets another "
        "code.",
    };
    double y = TICKET_MARGIN + CARD_HEIGHT + 32;
    ticket_draw_rule(cairo, 0, y, TICKET_PAGE_WIDTH, true);
    y += 32;
    for (size_t i = 0; i < ARRAY_LENGTH(notes); i++) {
        y += typeset_block(cairo, &NOTE, notes[i], TICKET_MARGIN, y, TICKET_CARD_WIDTH, 3) + 5;
    }
}

static bool draw_page(cairo_t *cairo, const struct ticket_document *ticket)
{
    const struct ticket_box card = {TICKET_MARGIN, TICKET_MARGIN, TICKET_CARD_WIDTH, CARD_HEIGHT};
    double x = TICKET_MARGIN + PADDING;
    double y = TICKET_MARGIN + HEAD_HEIGHT + 30;
    double code_x = TICKET_MARGIN + TICKET_CARD_WIDTH - CODE_SIZE - 14;
    ticket_draw_card(cairo, &card, HEAD_HEIGHT);
    draw_head(cairo, ticket);
    draw_when_and_where(cairo, ticket, x, y);
    ticket_draw_seat(cairo, &PLACE, ticket, x, y + 124, LEFT_WIDTH);
    ticket_draw_rule(cairo, x, TICKET_MARGIN + CARD_HEIGHT - 84, TICKET_CARD_WIDTH - 2 * PADDING, false);
    y = TICKET_MARGIN + CARD_HEIGHT - 62;
    ticket_draw_labelled(cairo, "BUYER", &VALUE, ticket->buyer, x, y, LEFT_WIDTH - 12);
    ticket_draw_labelled(cairo, "PRICE", &VALUE, ticket->price, x + LEFT_WIDTH, y,
                         TICKET_CARD_WIDTH - 2 * PADDING - LEFT_WIDTH);
    char numbers[160];
    snprintf(numbers, sizeof(numbers), "Order %s", ticket->order_id);
    typeset_line(cairo, &NUMBER, numbers, x, y + 44, LEFT_WIDTH - 12, 6);
    snprintf(numbers, sizeof(numbers), "Ticket %s", ticket->ticket_id);
    typeset_line(cairo, &NUMBER, numbers, x + LEFT_WIDTH, y + 44,
                 TICKET_CARD_WIDTH - 2 * PADDING - LEFT_WIDTH, 6);
    draw_notes(cairo);
    return ticket_image_draw(cairo, ticket->qr, code_x, TICKET_MARGIN + HEAD_HEIGHT + 4, CODE_SIZE);
}

/* cairo_write_func_t */
static cairo_status_t write_bytes(void *context, const unsigned char *data, unsigned int length)
{
    return ticket_bytes_add(context, data, length) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

bool ticket_pdf_draw(const struct ticket_document *tickets, size_t count, enum ticket_layout layout,
                     struct ticket_bytes *ret_pdf)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(write_bytes, ret_pdf, TICKET_PAGE_WIDTH, TICKET_PAGE_HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, tickets[0].event_title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Event Ticketing");
    bool drawn = true;
    size_t step = layout == TICKET_LAYOUT_SHEET ? TICKET_SHEET_ROWS : 1;
    for (size_t i = 0; i < count && drawn; i += step) {
        size_t here = count - i < step ? count - i : step;
        drawn = layout == TICKET_LAYOUT_SHEET ? ticket_sheet_draw(cairo, &tickets[i], (int)here)
                                              : draw_page(cairo, &tickets[i]);
        cairo_show_page(cairo);
    }
    drawn = drawn && cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    drawn = drawn && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return drawn;
}
