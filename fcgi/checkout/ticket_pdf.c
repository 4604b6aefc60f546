#include "ticket_pdf.h"
#include "ticket_image.h"
#include "ticket_type.h"
#include <cairo-pdf.h>
#include <math.h>
#include <stdio.h>

/* Points; A4 is 210 mm × 297 mm. */
static const double PAGE_WIDTH = 595.28;
static const double PAGE_HEIGHT = 841.89;
static const double MARGIN = 42.5;
static const double CARD_WIDTH = 510.28;
static const double CARD_HEIGHT = 400;
static const double HEAD_HEIGHT = 104;
static const double PADDING = 24;
static const double TITLE_WIDTH = 462.28; /* between the paddings */
static const double CODE_SIZE = 204;      /* 57 modules of 1.26 mm: 7 pixels each at 150 dpi */
static const double LEFT_WIDTH = 240;
static const double RADIUS = 12;

enum {
    INK = 0x16213e,
    TEXT = 0x1f2937,
    FAINT = 0x6b7280,
    RULE = 0xd1d5db,
    PAPER = 0xffffff,
    PALE = 0xc7d2fe
};

static const struct ticket_type TITLE = {.size = 22, .bold = true, .colour = PAPER};
static const struct ticket_type LONG_TITLE = {.size = 15.5, .bold = true, .colour = PAPER};
static const struct ticket_type OVER_TITLE = {.size = 8.5, .bold = true, .colour = PALE};
static const struct ticket_type LABEL = {.size = 8, .colour = FAINT};
static const struct ticket_type VALUE = {.size = 12, .bold = true, .colour = TEXT};
static const struct ticket_type DETAIL = {.size = 10, .colour = TEXT};
static const struct ticket_type SEAT = {.size = 26, .bold = true, .colour = INK};
static const struct ticket_type LONG_SEAT = {.size = 9.5, .bold = true, .colour = INK};
static const struct ticket_type NUMBER = {.size = 8.5, .mono = true, .colour = TEXT};
static const struct ticket_type NOTE = {.size = 9, .colour = FAINT};

static void set_colour(cairo_t *cairo, unsigned colour)
{
    cairo_set_source_rgb(cairo, (colour >> 16) / 255.0, (colour >> 8 & 0xff) / 255.0,
                         (colour & 0xff) / 255.0);
}

/* The card's outline: a rectangle with round corners. */
static void card_path(cairo_t *cairo)
{
    double right = MARGIN + CARD_WIDTH;
    double bottom = MARGIN + CARD_HEIGHT;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, right - RADIUS, MARGIN + RADIUS, RADIUS, -M_PI_2, 0);
    cairo_arc(cairo, right - RADIUS, bottom - RADIUS, RADIUS, 0, M_PI_2);
    cairo_arc(cairo, MARGIN + RADIUS, bottom - RADIUS, RADIUS, M_PI_2, M_PI);
    cairo_arc(cairo, MARGIN + RADIUS, MARGIN + RADIUS, RADIUS, M_PI, 3 * M_PI_2);
    cairo_close_path(cairo);
}

static void draw_card(cairo_t *cairo)
{
    cairo_save(cairo);
    card_path(cairo);
    cairo_clip(cairo);
    set_colour(cairo, INK);
    cairo_rectangle(cairo, MARGIN, MARGIN, CARD_WIDTH, HEAD_HEIGHT);
    cairo_fill(cairo);
    cairo_restore(cairo);
    card_path(cairo);
    set_colour(cairo, RULE);
    cairo_set_line_width(cairo, 1);
    cairo_stroke(cairo);
}

static void draw_head(cairo_t *cairo, const struct ticket_document *ticket)
{
    double x = MARGIN + PADDING;
    ticket_type_line(cairo, &OVER_TITLE, "ADMIT ONE", x, MARGIN + 28, TITLE_WIDTH, 6);
    if (ticket_type_width(cairo, &TITLE, ticket->event_title) <= TITLE_WIDTH) {
        ticket_type_line(cairo, &TITLE, ticket->event_title, x, MARGIN + 68, TITLE_WIDTH + 1, TITLE.size);
        return;
    }
    bool long_title = ticket_type_width(cairo, &TITLE, ticket->event_title) > 1.7 * TITLE_WIDTH;
    ticket_type_block(cairo, long_title ? &LONG_TITLE : &TITLE, ticket->event_title, x,
                      MARGIN + (long_title ? 49 : 56), TITLE_WIDTH, long_title ? 3 : 2);
}

static void draw_labelled(cairo_t *cairo, const char *label, const struct ticket_type *type,
                          const char *value, double x, double y, double width)
{
    ticket_type_line(cairo, &LABEL, label, x, y, width, 5);
    ticket_type_line(cairo, type, value, x, y + 6 + type->size, width, type->size / 2);
}

static void draw_when_and_where(cairo_t *cairo, const struct ticket_document *ticket, double x, double y)
{
    char time[128];
    snprintf(time, sizeof(time), "%s  ·  %s", ticket->time, ticket->zone_of_time);
    draw_labelled(cairo, "DATE", &VALUE, ticket->day, x, y, LEFT_WIDTH);
    ticket_type_line(cairo, &DETAIL, time, x, y + 35, LEFT_WIDTH, 6);
    if (ticket->venue != NULL && *ticket->venue != '\0') {
        ticket_type_line(cairo, &LABEL, "VENUE", x, y + 60, LEFT_WIDTH, 5);
        ticket_type_block(cairo, &VALUE, ticket->venue, x, y + 78, LEFT_WIDTH, 2);
    }
}

/* A name is shown whole: zones and rows have up to 32 characters. */
static void draw_place(cairo_t *cairo, const char *label, const char *value, double x, double y, double width)
{
    if (ticket_type_width(cairo, &SEAT, value) <= 2 * width) {
        draw_labelled(cairo, label, &SEAT, value, x, y, width);
        return;
    }
    ticket_type_line(cairo, &LABEL, label, x, y, width, 5);
    ticket_type_block(cairo, &LONG_SEAT, value, x, y + 15, width, 4);
}

static void draw_seat(cairo_t *cairo, const struct ticket_document *ticket, double x, double y)
{
    const double gap = 12;
    const double column = (LEFT_WIDTH - 2 * gap) / 3;
    draw_place(cairo, "ZONE", ticket->zone, x, y, column);
    draw_place(cairo, "ROW", ticket->row, x + column + gap, y, column);
    draw_place(cairo, "SEAT", ticket->number, x + 2 * (column + gap), y, column);
}

static void draw_rule(cairo_t *cairo, double x, double y, double width, bool dashed)
{
    const double dash[] = {4, 4};
    cairo_save(cairo);
    cairo_set_dash(cairo, dash, dashed ? 2 : 0, 0);
    cairo_set_line_width(cairo, 0.75);
    set_colour(cairo, RULE);
    cairo_move_to(cairo, x, y);
    cairo_line_to(cairo, x + width, y);
    cairo_stroke(cairo);
    cairo_restore(cairo);
}

static void draw_notes(cairo_t *cairo)
{
    static const char *const notes[] = {
        "Bring this page, on paper or on a screen. The code admits one person, once: whoever shows it first "
        "gets in, "
        "so do not post or share a picture of it.",
        "Print it at 100 % in black on white and do not fold it through the code. On a telephone, turn the "
        "brightness up.",
        "If the ticket is passed on to somebody else, this page becomes void and the new owner gets another "
        "code.",
    };
    double y = MARGIN + CARD_HEIGHT + 32;
    draw_rule(cairo, 0, y, PAGE_WIDTH, true);
    y += 32;
    for (size_t i = 0; i < ARRAY_LENGTH(notes); i++) {
        y += ticket_type_block(cairo, &NOTE, notes[i], MARGIN, y, CARD_WIDTH, 3) + 5;
    }
}

static bool draw_page(cairo_t *cairo, const struct ticket_document *ticket)
{
    double x = MARGIN + PADDING;
    double y = MARGIN + HEAD_HEIGHT + 30;
    double code_x = MARGIN + CARD_WIDTH - CODE_SIZE - 14;
    draw_card(cairo);
    draw_head(cairo, ticket);
    draw_when_and_where(cairo, ticket, x, y);
    draw_seat(cairo, ticket, x, y + 124);
    draw_rule(cairo, x, MARGIN + CARD_HEIGHT - 84, CARD_WIDTH - 2 * PADDING, false);
    y = MARGIN + CARD_HEIGHT - 62;
    draw_labelled(cairo, "BUYER", &VALUE, ticket->buyer, x, y, LEFT_WIDTH - 12);
    draw_labelled(cairo, "PRICE", &VALUE, ticket->price, x + LEFT_WIDTH, y,
                  CARD_WIDTH - 2 * PADDING - LEFT_WIDTH);
    char numbers[160];
    snprintf(numbers, sizeof(numbers), "Order %s", ticket->order_id);
    ticket_type_line(cairo, &NUMBER, numbers, x, y + 44, LEFT_WIDTH - 12, 6);
    snprintf(numbers, sizeof(numbers), "Ticket %s", ticket->ticket_id);
    ticket_type_line(cairo, &NUMBER, numbers, x + LEFT_WIDTH, y + 44, CARD_WIDTH - 2 * PADDING - LEFT_WIDTH,
                     6);
    draw_notes(cairo);
    return ticket_image_draw(cairo, ticket->qr, code_x, MARGIN + HEAD_HEIGHT + 4, CODE_SIZE);
}

/* cairo_write_func_t */
static cairo_status_t write_bytes(void *context, const unsigned char *data, unsigned int length)
{
    return ticket_bytes_add(context, data, length) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

bool ticket_pdf_draw(const struct ticket_document *tickets, size_t count, struct ticket_bytes *ret_pdf)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(write_bytes, ret_pdf, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, tickets[0].event_title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Event Ticketing");
    bool drawn = true;
    for (size_t i = 0; i < count && drawn; i++) {
        drawn = draw_page(cairo, &tickets[i]);
        cairo_show_page(cairo);
    }
    drawn = drawn && cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    drawn = drawn && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return drawn;
}
