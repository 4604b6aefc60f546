#include "fcgi/checkout/payments/sandbox/page.h"
#include <string.h>

/* Text for element content and quoted attributes (HTML Living Standard, §13.3). */
static const char *escape_html(struct arena *arena, const char *text)
{
    char *escaped = arena_alloc(arena, strlen(text) * 6 + 1);
    char *end = escaped;
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            end = stpcpy(end, "&amp;");
            break;
        case '<':
            end = stpcpy(end, "&lt;");
            break;
        case '>':
            end = stpcpy(end, "&gt;");
            break;
        case '"':
            end = stpcpy(end, "&quot;");
            break;
        case '\'':
            end = stpcpy(end, "&#39;");
            break;
        default:
            *end++ = *text;
        }
    }
    return escaped;
}

/* Digits after the point (ISO 4217, minor units). */
static int minor_digits(const char *currency)
{
    static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    static const char three[] = "BHD IQD JOD KWD LYD OMR TND";
    if (strstr(none, currency) != NULL) {
        return 0;
    }
    return strstr(three, currency) != NULL ? 3 : 2;
}

/* "500000 VND", "12.50 EUR" */
static const char *money_text(struct arena *arena, int64_t amount, const char *currency)
{
    int digits = minor_digits(currency);
    int64_t unit = digits == 0 ? 1 : digits == 2 ? 100 : 1000;
    if (unit == 1) {
        return arena_printf(arena, "%lld %s", (long long)amount, currency);
    }
    return arena_printf(arena, "%lld.%0*lld %s", (long long)(amount / unit), digits,
                        (long long)(amount % unit), currency);
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
        "<dt>Amount</dt><dd>%s</dd>\n<dt>Order</dt><dd>%s</dd>\n</dl>\n%s</main>\n</body>\n</html>\n",
        part.message, escape_html(arena, payment->event_title), payment->starts_at, payment->starts_at,
        money_text(arena, payment->amount, payment->currency), payment->order_id, part.form);
}
