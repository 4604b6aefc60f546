/* draw.c: labels, values and codes on a page. */
#include "fcgi/checkout/paper/draw.h"
#include "common/cleanup.h"
#include <math.h>

static const double RADIUS = 12;
static const struct typeset_style LABEL = {.size = 8, .colour = TICKET_FAINT};

static void set_colour(cairo_t *cairo, unsigned colour)
{
    cairo_set_source_rgb(cairo, (colour >> 16) / 255.0, (colour >> 8 & 0xff) / 255.0,
                         (colour & 0xff) / 255.0);
}

/* A rectangle with round corners. */
static void card_path(cairo_t *cairo, const struct ticket_box *card)
{
    double right = card->x + card->width;
    double bottom = card->y + card->height;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, right - RADIUS, card->y + RADIUS, RADIUS, -M_PI_2, 0);
    cairo_arc(cairo, right - RADIUS, bottom - RADIUS, RADIUS, 0, M_PI_2);
    cairo_arc(cairo, card->x + RADIUS, bottom - RADIUS, RADIUS, M_PI_2, M_PI);
    cairo_arc(cairo, card->x + RADIUS, card->y + RADIUS, RADIUS, M_PI, 3 * M_PI_2);
    cairo_close_path(cairo);
}

void ticket_draw_card(cairo_t *cairo, const struct ticket_box *card, double head_height)
{
    cairo_save(cairo);
    card_path(cairo, card);
    cairo_clip(cairo);
    set_colour(cairo, TICKET_INK);
    cairo_rectangle(cairo, card->x, card->y, card->width, head_height);
    cairo_fill(cairo);
    cairo_restore(cairo);
    card_path(cairo, card);
    set_colour(cairo, TICKET_RULE);
    cairo_set_line_width(cairo, 1);
    cairo_stroke(cairo);
}

void ticket_draw_rule(cairo_t *cairo, double x, double y, double width, bool dashed)
{
    const double dash[] = {4, 4};
    cairo_save(cairo);
    cairo_set_dash(cairo, dash, dashed ? 2 : 0, 0);
    cairo_set_line_width(cairo, 0.75);
    set_colour(cairo, TICKET_RULE);
    cairo_move_to(cairo, x, y);
    cairo_line_to(cairo, x + width, y);
    cairo_stroke(cairo);
    cairo_restore(cairo);
}

void ticket_draw_label(cairo_t *cairo, const char *label, double x, double y, double width)
{
    typeset_line(cairo, &LABEL, label, x, y, width, 5);
}

void ticket_draw_labelled(cairo_t *cairo, const char *label, const struct typeset_style *type,
                          const char *value, double x, double y, double width)
{
    ticket_draw_label(cairo, label, x, y, width);
    typeset_line(cairo, type, value, x, y + 6 + type->size, width, type->size / 2);
}

/* A name is shown whole: zones and rows have up to 32 characters. */
static void draw_place(cairo_t *cairo, const struct ticket_place_type *type, const char *label,
                       const char *value, const struct ticket_box *place)
{
    if (typeset_width(cairo, &type->large, value) <= 2 * place->width) {
        ticket_draw_labelled(cairo, label, &type->large, value, place->x, place->y, place->width);
        return;
    }
    ticket_draw_label(cairo, label, place->x, place->y, place->width);
    typeset_block(cairo, &type->small, value, place->x, place->y + 5.5 + type->small.size, place->width,
                  type->lines);
}

void ticket_draw_seat(cairo_t *cairo, const struct ticket_place_type *type,
                      const struct ticket_document *ticket, double x, double y, double width)
{
    const double gap = 12;
    const char *const labels[] = {"ZONE", "ROW", "SEAT"};
    const char *const values[] = {ticket->zone, ticket->row, ticket->number};
    struct ticket_box place = {.x = x, .y = y, .width = (width - 2 * gap) / 3};
    for (size_t i = 0; i < ARRAY_LENGTH(labels); i++) {
        draw_place(cairo, type, labels[i], values[i], &place);
        place.x += place.width + gap;
    }
}
