/* page.c: the page of the provider `test` as HTML. */
#include "fcgi/checkout/payments/sandbox/page.h"
#include "common/html.h"
#include "common/money.h"
#include <string.h>

static const char *money_text(struct arena *arena, int64_t amount, const char *currency)
{
    char text[MONEY_TEXT_SIZE];
    money_format(amount, currency, text);
    return arena_text(arena, text);
}

static const char form[] = "<form method=\"post\">\n"
                           "<button type=\"submit\" name=\"outcome\" value=\"succeeded\">Pay</button>\n"
                           "<button type=\"submit\" name=\"outcome\" value=\"declined\">Decline</button>\n"
                           "</form>\n";

struct page_part {
    const char *message;
    const char *form;
};

static struct page_part part_for(const struct payment *payment)
{
    if (strcmp(payment->status, "succeeded") == 0) {
        return (struct page_part){"Paid. Your tickets are ready.", ""};
    }
    if (strcmp(payment->status, "refunded") == 0 || strcmp(payment->status, "partially_refunded") == 0) {
        return (struct page_part){"The payment was refunded.", ""};
    }
    if (strcmp(payment->order_status, "pending") != 0) {
        return (struct page_part){"The time to pay is over. If you pay now, you get the same seats when they "
                                  "are still free, else your money back.",
                                  form};
    }
    if (strcmp(payment->status, "declined") == 0) {
        return (struct page_part){"The payment was declined. You may try again.", form};
    }
    return (struct page_part){"No money moves: this is the payment page for tests.", form};
}

const char *payment_page_html(struct arena *arena, const struct payment *payment)
{
    struct page_part part = part_for(payment);
    return arena_printf(
        arena,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>Test payment</title>\n</head>\n<body>\n<main>\n<h1>Test payment</h1>\n"
        "<p role=\"status\">%s</p>\n"
        "<dl>\n<dt>Event</dt><dd>%s</dd>\n<dt>Starts</dt><dd><time datetime=\"%s\">%s</time></dd>\n"
        "<dt>Amount</dt><dd>%s</dd>\n<dt>Order</dt><dd>%s</dd>\n</dl>\n%s"
        "<p><a href=\"/orders/%s\">Back to the order</a></p>\n</main>\n</body>\n</html>\n",
        part.message, html_escape(arena, payment->event_title), payment->starts_at,
        html_escape(arena, payment->when), money_text(arena, payment->amount, payment->currency),
        payment->order_id, part.form, payment->order_id);
}
