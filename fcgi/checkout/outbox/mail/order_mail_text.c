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
    fputs(page->html ? "</th><td>" : value[0] != '\0' ? ": " : "", page->out);
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

static int64_t amount_of(const json_t *object, const char *name)
{
    return (int64_t)json_integer_value(json_object_get(object, name));
}

static const json_t *refund_of(const struct order_mail_facts *facts)
{
    return facts->is_refund ? json_object_get(facts->order, "refund") : NULL;
}

/* Is there money in what the mail tells? Who had nothing to pay reads no word of it. */
static bool tells_money(const struct order_mail_facts *facts)
{
    const json_t *refund = refund_of(facts);
    return amount_of(facts->order, "total") > 0 && (refund == NULL || amount_of(refund, "amount") > 0);
}

/* Is the mail about this ticket? That of a refund is about the tickets of this refund alone; an event written
 * by the release before has no `refund`: then about all that are void. */
static bool is_told(const struct order_mail_facts *facts, const json_t *ticket)
{
    const json_t *told = json_object_get(refund_of(facts), "tickets");
    if (told == NULL) {
        return (strcmp(text_of(ticket, "status"), "void") == 0) == facts->is_refund;
    }
    size_t index = 0;
    json_t *id = NULL;
    json_array_foreach(told, index, id)
    {
        if (strcmp(json_string_value(id), text_of(ticket, "id")) == 0) {
            return true;
        }
    }
    return false;
}

/* The seats that the mail is about, in the order of the seat map. */
static void seats(const struct page *page, const struct order_mail_facts *facts)
{
    const char *currency = text_of(facts->order, "currency");
    size_t index = 0;
    json_t *ticket = NULL;
    json_array_foreach(json_object_get(facts->order, "tickets"), index, ticket)
    {
        if (!is_told(facts, ticket)) {
            continue;
        }
        const char *zone_name = text_of(ticket, "zoneName");
        const char *zone = zone_name[0] != '\0' ? zone_name : text_of(ticket, "zone");
        char price[MONEY_TEXT_SIZE] = "";
        if (amount_of(ticket, "price") > 0) {
            money_format(amount_of(ticket, "price"), currency, price);
        }
        line(page, arena_printf(page->arena, "Seat %s, %s", text_of(ticket, "seatId"), zone), price);
    }
}

static void money(const struct page *page, const char *label, int64_t amount, const char *currency)
{
    char price[MONEY_TEXT_SIZE];
    money_format(amount, currency, price);
    line(page, label, price);
}

static void sums(const struct page *page, const struct order_mail_facts *facts)
{
    const char *currency = text_of(facts->order, "currency");
    const json_t *refund = refund_of(facts);
    if (!tells_money(facts)) {
        return;
    }
    money(page, "Order total", amount_of(facts->order, "total"), currency);
    if (refund != NULL) {
        money(page, "This refund", amount_of(refund, "amount"), currency);
        money(page, "All refunds of this order so far", amount_of(refund, "total"), currency);
    }
}

static void details(const struct page *page, const struct order_mail_facts *facts)
{
    table_begin(page);
    line(page, "Event", facts->title);
    if (facts->venue[0] != '\0') {
        line(page, "Venue", facts->venue);
    }
    line(page, "Starts", facts->when);
    seats(page, facts);
    sums(page, facts);
    line(page, "Order", text_of(facts->order, "id"));
    table_end(page);
}

static void opening(const struct page *page, const struct order_mail_facts *facts)
{
    if (!tells_money(facts)) {
        paragraph(page,
                  facts->is_refund ? "tickets of yours were taken back: " : "here are your tickets for ",
                  facts->title, ".");
    } else if (!facts->is_refund) {
        paragraph(page, "your payment has arrived: here are your tickets for ", facts->title, ".");
    } else if (strcmp(text_of(refund_of(facts), "status"), "succeeded") == 0) {
        paragraph(page, "we have sent your money back for ", facts->title, ".");
    } else {
        paragraph(page, "you get money back for ", facts->title, ".");
    }
}

static void closing(const struct page *page, const struct order_mail_facts *facts)
{
    if (facts->is_refund) {
        paragraph(page, "These tickets do not open the gate any more.",
                  tells_money(facts) ? " Depending on your bank, the money is there in a few days." : "", "");
    } else if (facts->attached) {
        paragraph(page,
                  "The tickets are attached. Show them at the gate, on paper or on the screen; each admits "
                  "one person once.",
                  "", "");
    }
}

static void content(const struct page *page, const struct order_mail_facts *facts)
{
    paragraph(page, "Hello ", facts->buyer_name, ",");
    opening(page, facts);
    details(page, facts);
    if (text_of(facts->order, "note")[0] != '\0') {
        paragraph(page, text_of(facts->order, "note"), "", "");
    }
    closing(page, facts);
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
    const char *what = !facts->is_refund    ? "Your tickets"
                       : tells_money(facts) ? "Your refund"
                                            : "Your cancelled tickets";
    return arena_printf(arena, "%s: %s", what, facts->title);
}

const char *order_mail_text(struct arena *arena, const struct order_mail_facts *facts)
{
    return render(arena, facts, false);
}

const char *order_mail_html(struct arena *arena, const struct order_mail_facts *facts)
{
    return render(arena, facts, true);
}
