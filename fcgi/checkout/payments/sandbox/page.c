/* page.c: the page of the provider `test` as HTML. */
#include "fcgi/checkout/payments/sandbox/page.h"
#include "common/html.h"
#include "common/money.h"
#include <string.h>

/* money_format() writes as English is read; other languages have other marks between the digits. */
static const char *money_text(struct arena *arena, const struct payment *payment,
                              const struct page_words *words)
{
    char text[MONEY_TEXT_SIZE];
    money_format(payment->amount, payment->currency, text);
    for (char *at = text; *at != '\0'; at++) {
        if (*at == ',') {
            *at = words->digit_groups;
        } else if (*at == '.') {
            *at = words->decimal_point;
        }
    }
    return arena_text(arena, text);
}

struct page_state {
    const char *message;
    const char *look; /* class of the message */
    bool payable;
};

static struct page_state state_of(const struct payment *payment, const struct page_words *words)
{
    if (strcmp(payment->status, "succeeded") == 0) {
        return (struct page_state){words->paid, "good", false};
    }
    if (strcmp(payment->status, "refunded") == 0 || strcmp(payment->status, "partially_refunded") == 0) {
        return (struct page_state){words->refunded, "", false};
    }
    if (strcmp(payment->order_status, "pending") != 0) {
        return (struct page_state){words->late, "warn", true};
    }
    if (strcmp(payment->status, "declined") == 0) {
        return (struct page_state){words->declined, "bad", true};
    }
    return (struct page_state){words->test_only, "warn", true};
}

static const char *head(struct arena *arena, const struct page_words *words)
{
    return arena_printf(
        arena,
        "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n"
        "<title>%s</title>\n<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n"
        "<link rel=\"stylesheet\" href=\"/shared/base.css\">\n</head>\n<body>\n"
        "<a class=\"skip\" href=\"#main\">%s</a>\n<header class=\"bar\"><div class=\"wide\">"
        "<a class=\"brand\" href=\"/\"><img src=\"/icon.svg\" alt=\"\">%s</a></div></header>\n",
        words->language, words->title, words->skip, words->site);
}

static const char *facts(struct arena *arena, const struct payment *payment, const struct page_words *words)
{
    return arena_printf(
        arena,
        "<dl class=\"facts\">\n<dt>%s</dt><dd>%s</dd>\n"
        "<dt>%s</dt><dd><time datetime=\"%s\">%s</time></dd>\n"
        "<dt>%s</dt><dd><strong class=\"number\">%s</strong></dd>\n<dt>%s</dt><dd>%s</dd>\n</dl>\n",
        words->event, html_escape(arena, payment->event_title), words->starts, payment->starts_at,
        html_escape(arena, payment->when), words->amount, money_text(arena, payment, words), words->order,
        payment->order_id);
}

static const char *form(struct arena *arena, const struct page_words *words)
{
    return arena_printf(
        arena,
        "<form class=\"stack\" method=\"post\">\n"
        "<button class=\"button primary\" type=\"submit\" name=\"outcome\" value=\"succeeded\">%s</button>\n"
        "<button class=\"button\" type=\"submit\" name=\"outcome\" value=\"declined\">%s</button>\n</form>\n",
        words->pay, words->decline);
}

const char *payment_page_html(struct arena *arena, const struct payment *payment,
                              const struct page_words *words)
{
    struct page_state state = state_of(payment, words);
    return arena_printf(
        arena,
        "%s<main id=\"main\" tabindex=\"-1\">\n<div class=\"narrow stack\">\n<h1>%s</h1>\n"
        "<p class=\"note %s\" role=\"status\">%s</p>\n<div class=\"card stack\">\n%s%s</div>\n"
        "<p><a%s href=\"/orders/%s\">%s</a></p>\n</div>\n</main>\n</body>\n</html>\n",
        head(arena, words), words->title, state.look, state.message, facts(arena, payment, words),
        state.payable ? form(arena, words) : "", state.payable ? "" : " class=\"button primary\"",
        payment->order_id, words->back);
}
