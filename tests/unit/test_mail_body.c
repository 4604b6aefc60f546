/* The words of a mail: the same in plain text and in HTML, where nothing that people typed is markup. */
#include "common/mail_body.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void both_texts_say_the_same(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(mail_body_free) struct mail_body *body = mail_body_new(arena);
    const char *text = NULL;
    const char *html = NULL;
    mail_body_paragraph(body, "Hello <Eve> & \"friends\",");
    mail_body_line(body, "Event", "<b>Đêm</b>");
    mail_body_line(body, "Seat A1", "");
    mail_body_paragraph(body, "Bye");
    mail_body_link(body, "Here", "https://example.com/?a=1&b=2");
    mail_body_end(body, &text, &html);
    assert_string_equal(text, "Hello <Eve> & \"friends\",\n\nEvent: <b>Đêm</b>\nSeat A1\n\nBye\n\n"
                              "Here: https://example.com/?a=1&b=2\n\n");
    assert_string_equal(
        html, "<!DOCTYPE html>\n<html lang=\"en\">\n<body>\n"
              "<p style=\"white-space: pre-line\">Hello &lt;Eve&gt; &amp; &quot;friends&quot;,</p>\n"
              "<table cellpadding=\"4\">\n"
              "<tr><th align=\"left\">Event</th><td>&lt;b&gt;Đêm&lt;/b&gt;</td></tr>\n"
              "<tr><th align=\"left\">Seat A1</th><td></td></tr>\n"
              "</table>\n"
              "<p style=\"white-space: pre-line\">Bye</p>\n"
              "<p><a href=\"https://example.com/?a=1&amp;b=2\">Here</a></p>\n"
              "</body>\n</html>\n");
}

static void a_body_may_be_given_up(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct mail_body *body = mail_body_new(arena);
    mail_body_line(body, "Event", "none");
    mail_body_free(body);
    mail_body_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_texts_say_the_same),
        cmocka_unit_test(a_body_may_be_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
