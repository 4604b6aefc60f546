/* sheet.c: three tickets a page, to be cut apart. */
#include "fcgi/checkout/paper/draw.h"
#include "fcgi/checkout/paper/image.h"
#include <stdio.h>

/* Points. Three cards, the gaps between them and a line of advice fill what printers reach of an A4 page. */
static const double TOP = 24;
static const double CARD_HEIGHT = 246;
static const double GAP = 18;
static const double HEAD_HEIGHT = 50;
static const double PADDING = 18;
static const double CODE_SIZE = 164.16; /* 57 modules of 1.02 mm: 6 pixels each at 150 dpi */
static const double ADVICE_Y = 821;
static const double TEXT_WIDTH = 294; /* up to the code's quiet zone */
static const double PRICE_X = 178;    /* from the text's left edge */

static const struct typeset_style TITLE = {.size = 16, .bold = true, .colour = TICKET_PAPER};
static const struct typeset_style LONG_TITLE = {.size = 12.5, .bold = true, .colour = TICKET_PAPER};
static const struct typeset_style VALUE = {.size = 11, .bold = true, .colour = TICKET_TEXT};
static const struct typeset_style LONG_VALUE = {.size = 8.5, .bold = true, .colour = TICKET_TEXT};
static const struct typeset_style DETAIL = {.size = 9, .colour = TICKET_TEXT};
static const struct typeset_style NUMBER = {.size = 7.5, .mono = true, .colour = TICKET_TEXT};
static const struct typeset_style ADVICE = {.size = 8, .colour = TICKET_FAINT};
static const struct ticket_place_type PLACE = {
    .large = {.size = 19, .bold = true, .colour = TICKET_INK},
    .small = {.size = 8, .bold = true, .colour = TICKET_INK},
    .lines = 3,
};

static void draw_title(cairo_t *cairo, const char *title, double x, double y, double width)
{
    if (typeset_width(cairo, &TITLE, title) <= width) {
        typeset_line(cairo, &TITLE, title, x, y + 31, width, TITLE.size);
    } else {
        typeset_block(cairo, &LONG_TITLE, title, x, y + 22, width, 2);
    }
}

static void draw_venue(cairo_t *cairo, const char *venue, double x, double y)
{
    if (typeset_width(cairo, &VALUE, venue) <= 1.2 * TEXT_WIDTH) {
        ticket_draw_labelled(cairo, "VENUE", &VALUE, venue, x, y, TEXT_WIDTH);
        return;
    }
    ticket_draw_label(cairo, "VENUE", x, y, TEXT_WIDTH);
    typeset_block(cairo, &LONG_VALUE, venue, x, y + 13, TEXT_WIDTH, 2);
}

static void draw_words(cairo_t *cairo, const struct ticket_document *ticket, double x, double y)
{
    char text[160];
    ticket_draw_labelled(cairo, "DATE", &VALUE, ticket->day, x, y, TEXT_WIDTH);
    snprintf(text, sizeof(text), "%s  ·  %s", ticket->time, ticket->zone_of_time);
    typeset_line(cairo, &DETAIL, text, x, y + 30, TEXT_WIDTH, 6);
    if (ticket->venue != NULL && *ticket->venue != '\0') {
        draw_venue(cairo, ticket->venue, x, y + 49);
    }
    ticket_draw_seat(cairo, &PLACE, ticket, x, y + 85, TEXT_WIDTH);
    ticket_draw_labelled(cairo, "BUYER", &VALUE, ticket->buyer, x, y + 129, PRICE_X - 12);
    ticket_draw_labelled(cairo, "PRICE", &VALUE, ticket->price, x + PRICE_X, y + 129, TEXT_WIDTH - PRICE_X);
    snprintf(text, sizeof(text), "Order  %s", ticket->order_id);
    typeset_line(cairo, &NUMBER, text, x, y + 162, TEXT_WIDTH, 6);
    snprintf(text, sizeof(text), "Ticket %s", ticket->ticket_id);
    typeset_line(cairo, &NUMBER, text, x, y + 172, TEXT_WIDTH, 6);
}

bool ticket_sheet_draw(cairo_t *cairo, const struct ticket_document *tickets, int count)
{
    struct ticket_box card = {TICKET_MARGIN, TOP, TICKET_CARD_WIDTH, CARD_HEIGHT};
    bool drawn = true;
    for (int i = 0; i < count && drawn; i++) {
        double below = card.y + HEAD_HEIGHT;
        ticket_draw_card(cairo, &card, HEAD_HEIGHT);
        draw_title(cairo, tickets[i].event_title, card.x + PADDING, card.y, card.width - 2 * PADDING);
        draw_words(cairo, &tickets[i], card.x + PADDING, below + 16);
        drawn = ticket_image_draw(cairo, tickets[i].qr, card.x + card.width - CODE_SIZE - 14,
                                  below + (CARD_HEIGHT - HEAD_HEIGHT - CODE_SIZE) / 2, CODE_SIZE);
        card.y += CARD_HEIGHT + GAP;
        if (i + 1 < count) {
            ticket_draw_rule(cairo, 0, card.y - GAP / 2, TICKET_PAGE_WIDTH, true);
        }
    }
    typeset_line(cairo, &ADVICE,
                 "Print at 100 %, cut along the dashed lines, do not fold a code. Each admits one person, "
                 "once: do not post or share a picture.",
                 TICKET_MARGIN, ADVICE_Y, TICKET_CARD_WIDTH, 6);
    return drawn;
}
