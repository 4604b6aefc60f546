/* order_mail_text.c: the words of a mail about an order, as plain text and as HTML. */
#include "fcgi/checkout/outbox/mail/order_mail_text.h"
#include "common/html.h"
#include "common/money.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One text or the other; in HTML, what people typed is escaped. */
struct page {
    FILE *out;
    struct arena *arena;
    bool html;
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void put(const struct page *page, const char *text)
{
    fputs(page->html ? html_escape(page->arena, text) : text, page->out);
}

/* A paragraph of up to three pieces. */
static void paragraph(const struct page *page, const char *one, const char *two, const char *three)
{
    fputs(page->html ? "<p>" : "", page->out);
    put(page, one);
    put(page, two);
    put(page, three);
    fputs(page->html ? "</p>\n" : "\n\n", page->out);
}

static void line(const struct page *page, const char *label, const char *value)
{
    fputs(page->html ? "<tr><th align=\"left\">" : "", page->out);
    put(page, label);
    fputs(page->html ? "</th><td>" : ": ", page->out);
    put(page, value);
    fputs(page->html ? "</td></tr>\n" : "\n", page->out);
}

static void table_begin(const struct page *page)
{
    fputs(page->html ? "<table cellpadding=\"4\">\n" : "", page->out);
}

static void table_end(const struct page *page)
{
    fputs(page->html ? "</table>\n" : "\n", page->out);
}

/* The seats that the mail is about: of a refund, those given back. */
static void seats(const struct page *page, const struct order_mail_facts *facts)
{
    const char *currency = text_of(facts->order, "currency");
    size_t index = 0;
    json_t *ticket = NULL;
    json_array_foreach(json_object_get(facts->order, "tickets"), index, ticket)
    {
        bool is_void = strcmp(text_of(ticket, "status"), "void") == 0;
        if (is_void != facts->is_refund) {
            continue;
        }
        char price[MONEY_TEXT_SIZE];
        char label[400];
        money_format(json_integer_value(json_object_get(ticket, "price")), currency, price);
        snprintf(label, sizeof(label), "Seat %s, %s", text_of(ticket, "seatId"), text_of(ticket, "zone"));
        line(page, label, price);
    }
}

static void money(const struct page *page, const char *label, int64_t amount, const char *currency)
{
    char price[MONEY_TEXT_SIZE];
    money_format(amount, currency, price);
    line(page, label, price);
}

static void details(const struct page *page, const struct order_mail_facts *facts)
{
    const char *currency = text_of(facts->order, "currency");
    table_begin(page);
    line(page, "Event", facts->title);
    if (facts->venue[0] != '\0') {
        line(page, "Venue", facts->venue);
    }
    line(page, "Starts", facts->when);
    seats(page, facts);
    money(page, "Order total", json_integer_value(json_object_get(facts->order, "total")), currency);
    if (facts->is_refund) {
        money(page, "Refunded", facts->refunded, currency);
    }
    line(page, "Order", text_of(facts->order, "id"));
    table_end(page);
}

static void content(const struct page *page, const struct order_mail_facts *facts)
{
    paragraph(page, "Hello ", facts->buyer_name, ",");
    if (facts->is_refund) {
        paragraph(page, "we have sent your money back for ", facts->title, ".");
    } else {
        paragraph(page, "your payment has arrived: here are your tickets for ", facts->title, ".");
    }
    details(page, facts);
    if (text_of(facts->order, "note")[0] != '\0') {
        paragraph(page, text_of(facts->order, "note"), "", "");
    }
    if (facts->is_refund) {
        paragraph(page,
                  "Tickets that were refunded do not open the gate any more. Depending on your bank, the "
                  "money is there in a few days.",
                  "", "");
    } else if (facts->attached) {
        paragraph(page,
                  "The tickets are attached. Show them at the gate, on paper or on the screen; each admits "
                  "one person once.",
                  "", "");
    }
    if (facts->public_url != NULL) {
        paragraph(page, "Your orders: ", facts->public_url, "/");
    }
}

static const char *render(struct arena *arena, const struct order_mail_facts *facts, bool html)
{
    char *text = NULL;
    size_t length = 0;
    struct page page = {.out = open_memstream(&text, &length), .arena = arena, .html = html};
    if (page.out == NULL) {
        abort(); /* only when memory is exhausted */
    }
    fputs(html ? "<!DOCTYPE html>\n<html lang=\"en\">\n<body>\n" : "", page.out);
    content(&page, facts);
    fputs(html ? "</body>\n</html>\n" : "", page.out);
    if (fclose(page.out) != 0 || text == NULL) {
        abort();
    }
    const char *copy = arena_text(arena, text);
    free(text);
    return copy;
}

const char *order_mail_subject(struct arena *arena, const struct order_mail_facts *facts)
{
    return arena_printf(arena, "%s: %s", facts->is_refund ? "Your refund" : "Your tickets", facts->title);
}

const char *order_mail_text(struct arena *arena, const struct order_mail_facts *facts)
{
    return render(arena, facts, false);
}

const char *order_mail_html(struct arena *arena, const struct order_mail_facts *facts)
{
    return render(arena, facts, true);
}
