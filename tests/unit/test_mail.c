/* Mails as text: headers in ASCII lines, whatever people typed; addresses that can stand in them. What real
 * parsers make of them is tested in tests/http/mail.test.mjs. */
#include "common/mail.h"
#include "common/mail_header.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *header_text(const char *text)
{
    char *written = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&written, &length);
    assert_non_null(out);
    mail_header_text(out, "Subject", text);
    assert_int_equal(fclose(out), 0);
    return written;
}

static void plain_text_stands_as_it_is(void **state)
{
    (void)state;
    CLEANUP(free) char *written = header_text("Your tickets: Concert & more");
    assert_string_equal(written, "Subject: Your tickets: Concert & more\r\n");
}

static void other_text_becomes_encoded_words(void **state)
{
    (void)state;
    CLEANUP(free) char *written = header_text("Vé");
    assert_string_equal(written, "Subject: =?UTF-8?B?VsOp?=\r\n");
    CLEANUP(free) char *twice = header_text("=?UTF-8?B?VsOp?="); /* what somebody typed is not decoded */
    assert_null(strstr(twice, "VsOp"));
}

/* Only the line ends that we made, lines of 76 characters at the most, and no character split between words.
 */
static void long_text_is_folded_between_characters(void **state)
{
    (void)state;
    char text[301] = "";
    for (int i = 0; i < 100; i++) {
        strcat(text, "雪");
    }
    CLEANUP(free) char *written = header_text(text);
    size_t words = 0;
    for (char *line = strtok(written, "\r\n"); line != NULL; line = strtok(NULL, "\r\n")) {
        assert_in_range(strlen(line), 1, 76); /* RFC 2047 §2, the name of the header included */
        const char *word = strstr(line, "=?UTF-8?B?");
        assert_non_null(word);
        assert_in_range(strlen(word), 12, 75);
        assert_int_equal((strlen(word) - 12) % 4, 0);
        words++;
    }
    assert_int_equal(words, 7); /* 300 bytes, 45 a word, 39 in the first */
}

static void line_ends_never_leave_a_header(void **state)
{
    (void)state;
    static const char *const texts[] = {"a\r\nBcc: x@example.com", "a\nb", "a\rb", "\r\n.\r\n", "a\x7f\x01"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        CLEANUP(free) char *written = header_text(texts[i]);
        assert_null(strstr(written, "Bcc"));
        assert_ptr_equal(strpbrk(written, "\r\n"), written + strlen(written) - 2);
    }
}

static void addresses_that_could_break_out_are_unusable(void **state)
{
    (void)state;
    static const char *const good[] = {"a@b", "first.last+tag@example.com", "nguoi@ví-dụ.vn"};
    static const char *const bad[] = {"",
                                      "@b",
                                      "a@",
                                      "ab",
                                      "a@b@c",
                                      "a b@c",
                                      "a@b\r\nRCPT TO:<x@y>",
                                      "<a@b>",
                                      "a,b@c",
                                      "a@b;c",
                                      "\"a\"@b",
                                      "a@b>",
                                      "a\\@b",
                                      "a@b\tc",
                                      "a:b@c.d",
                                      "(a)@b",
                                      "a@[::1]",
                                      "người@ví-dụ.vn"};
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        assert_true(mail_address_is_usable(good[i]));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        if (mail_address_is_usable(bad[i])) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void a_mail_is_ascii_lines_that_end_in_crlf(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct mail_attachment attachment = {"tickets.pdf", "application/pdf", "%PDF\0\n.\n", 9};
    const struct mail mail = {
        .id = "1-2-3",
        .date = 1796126400,
        .from = "tickets@example.com",
        .to_name = "Ánh \"x\"\n",
        .to = "anh@example.com",
        .subject = "Chào",
        .text = "Chào\n.\nFrom here",
        .html = "<p>Chào</p>",
        .attachments = &attachment,
        .attachment_count = 1,
    };
    size_t length = 0;
    const char *text = mail_render(arena, &mail, &length);
    assert_int_equal(strlen(text), length);
    for (size_t i = 0; i < length; i++) {
        assert_true((text[i] >= 0x20 && text[i] < 0x7f) || (text[i] == '\r' && text[i + 1] == '\n') ||
                    (text[i] == '\n' && i > 0 && text[i - 1] == '\r'));
    }
    assert_null(strstr(text, "\r\n.\r\n"));
    assert_non_null(strstr(text, "Date: Tue, 01 Dec 2026 12:00:00 +0000\r\n"));
    assert_non_null(strstr(text, "Message-ID: <1-2-3@example.com>\r\n"));
    assert_non_null(strstr(text, "\r\n--=_mixed--\r\n"));
}

static void a_refused_mail_is_another_matter_than_a_server_in_trouble(void **state)
{
    (void)state;
    static const struct {
        int status;
        bool about_mail;
        enum mail_result result;
    } replies[] = {
        {550, true, MAIL_REFUSED},      {501, true, MAIL_REFUSED},      {552, true, MAIL_REFUSED},
        {554, true, MAIL_REFUSED},      {553, true, MAIL_REFUSED},      {450, true, MAIL_PUT_OFF},
        {452, true, MAIL_PUT_OFF},      {451, true, MAIL_PUT_OFF},      {421, true, MAIL_UNREACHABLE},
        {354, true, MAIL_UNREACHABLE}, /* the connection broke while the message was sent */
        {250, true, MAIL_UNREACHABLE}, /* … or before RCPT was answered */
        {550, false, MAIL_UNREACHABLE}, {554, false, MAIL_UNREACHABLE}, {535, false, MAIL_UNREACHABLE},
        {0, false, MAIL_UNREACHABLE},
    };
    assert_int_equal(mail_result_of(&(struct outgoing_answer){.result = OUTGOING_ANSWERED, .status = 250}),
                     MAIL_SENT);
    for (size_t i = 0; i < ARRAY_LENGTH(replies); i++) {
        const struct outgoing_answer answer = {
            .result = OUTGOING_BROKEN, .status = replies[i].status, .about_mail = replies[i].about_mail};
        assert_int_equal(mail_result_of(&answer), replies[i].result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stands_as_it_is),
        cmocka_unit_test(other_text_becomes_encoded_words),
        cmocka_unit_test(long_text_is_folded_between_characters),
        cmocka_unit_test(line_ends_never_leave_a_header),
        cmocka_unit_test(addresses_that_could_break_out_are_unusable),
        cmocka_unit_test(a_mail_is_ascii_lines_that_end_in_crlf),
        cmocka_unit_test(a_refused_mail_is_another_matter_than_a_server_in_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
