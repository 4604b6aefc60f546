/* Prices, calendar entries, pages and pictures of tickets. */
#include "common/cleanup.h"
#include "common/memory.h"
#include "fcgi/checkout/paper/calendar.h"
#include "fcgi/checkout/paper/image.h"
#include "fcgi/checkout/paper/pdf.h"
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct ticket_document ticket(void)
{
    return (struct ticket_document){
        .ticket_id = "0193a5c0-7b1e-7c3a-9d2f-6a1b2c3d4e5f",
        .order_id = "0193a5c0-7b1e-7c3a-9d2f-6a1b2c3d4e50",
        .event_title = "Đêm nhạc; một, hai \\ ba\nvà tiếp theo là một tiêu đề khá dài để phải gấp dòng lại",
        .venue = "Nhà hát Lớn",
        .day = "Tuesday, 1 December 2026",
        .time = "19:30",
        .zone_of_time = "Asia/Ho_Chi_Minh (UTC+7)",
        .starts_at = "2026-12-01T12:30:00Z",
        .ends_at = "2026-12-01T14:30:00Z",
        .changed_at = "2026-11-20T08:00:00Z",
        .changes = 3,
        .zone = "VIP",
        .row = "A",
        .number = "12",
        .seat_id = "A12",
        .price = "1,200,000 VND",
        .buyer = "Nguyễn Thị Hồng Phượng",
        .qr = "T17QKABAZOlwHsefDqdL2obLD1OX94wAAAAAEAAgAAAAAAAAQEA12",
    };
}

static bool write_calendar(const struct ticket_document *document, struct ticket_bytes *ret_bytes)
{
    const struct ticket_calendar calendar = {
        .tickets = document,
        .count = 1,
        .organizer = "tickets@example.com",
        .public_url = "http://localhost:4000",
        .now = 1795425941,
    };
    return ticket_calendar_write(&calendar, ret_bytes);
}

static void calendar_lines_are_folded_and_escaped(void **state)
{
    (void)state;
    struct ticket_bytes bytes TICKET_BYTES_AUTO = {0};
    const struct ticket_document document = ticket();
    assert_true(write_calendar(&document, &bytes));
    assert_true(ticket_bytes_add(&bytes, "", 1));
    CLEANUP(free) char *unfolded = memory_new(bytes.length, 1);
    size_t written = 0;
    size_t line = 0;
    for (const char *next = bytes.data; *next != '\0'; next++) {
        if (strncmp(next, "\r\n", 2) == 0) {
            assert_in_range(line, 1, 75);
            /* A fold does not cut a character: what goes on is not a continuation byte. */
            assert_int_not_equal((unsigned char)next[next[2] == ' ' ? 3 : 2] & 0xc0, 0x80);
            line = 0;
            next += next[2] == ' ' ? 2 : 0;
            if (next[0] == ' ') {
                line = 1;
                continue;
            }
            unfolded[written++] = '\n';
            next++;
            continue;
        }
        assert_int_not_equal(*next, '\n');
        line++;
        unfolded[written++] = *next;
    }
    assert_non_null(strstr(unfolded,
                           "SUMMARY:Đêm nhạc\\; một\\, hai \\\\ ba\\nvà tiếp theo là một tiêu đề khá dài để "
                           "phải gấp dòng lại\n"));
    assert_non_null(strstr(unfolded, "DTSTART:20261201T123000Z\n"));
    assert_non_null(strstr(unfolded, "DTSTAMP:20261123T092541Z\n"));
    assert_non_null(strstr(unfolded, "DTEND:20261201T143000Z\n"));
    assert_non_null(strstr(unfolded, "SEQUENCE:3\n"));
    assert_int_equal(strncmp(unfolded, "BEGIN:VCALENDAR\nVERSION:2.0\n", 28), 0);
}

static void calendar_words_stay_apart(void **state)
{
    (void)state;
    struct ticket_bytes bytes TICKET_BYTES_AUTO = {0};
    struct ticket_document document = ticket();
    document.event_title = "one\ttwo\rthree\r\nfour";
    assert_true(write_calendar(&document, &bytes));
    assert_true(ticket_bytes_add(&bytes, "", 1));
    assert_non_null(strstr(bytes.data, "\r\nSUMMARY:one two\\nthree\\nfour\r\n"));
}

static void pages_are_drawn_whatever_the_texts(void **state)
{
    (void)state;
    char long_text[2001];
    memset(long_text, 'W', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    struct ticket_document tickets[] = {ticket(), ticket(), ticket()};
    tickets[1].event_title = tickets[1].venue = tickets[1].zone = tickets[1].buyer = tickets[1].row =
        long_text;
    tickets[2].event_title = "\t";
    tickets[2].venue = NULL;
    tickets[2].buyer = "";
    tickets[2].zone = "🎫";
    struct ticket_press *press = ticket_press_new(1, 0);
    struct typeset_fonts *fonts = ticket_press_enter(press);
    assert_non_null(fonts);
    for (enum ticket_layout layout = TICKET_LAYOUT_PAGE; layout <= TICKET_LAYOUT_SHEET; layout++) {
        struct ticket_bytes pdf TICKET_BYTES_AUTO = {0};
        assert_true(ticket_pdf_draw(tickets, ARRAY_LENGTH(tickets), layout, &pdf));
        assert_memory_equal(pdf.data, "%PDF-1.", 7);
    }
    ticket_press_leave(press, fonts);
    ticket_press_free(press);
}

static void what_fits_no_code_is_refused(void **state)
{
    (void)state;
    char text[4001];
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    struct ticket_bytes bytes TICKET_BYTES_AUTO = {0};
    assert_false(ticket_image_svg(text, &bytes));
    assert_false(ticket_image_png(text, &bytes));
    struct ticket_document document = ticket();
    document.qr = text;
    assert_false(ticket_pdf_draw(&document, 1, TICKET_LAYOUT_PAGE, &bytes));
    assert_false(ticket_pdf_draw(&document, 1, TICKET_LAYOUT_SHEET, &bytes));
}

struct visit {
    struct ticket_press *press;
    atomic_int refused;
};

/* Enters, and leaves again. */
static void *pay_visit(void *context)
{
    struct visit *visit = context;
    struct typeset_fonts *fonts = ticket_press_enter(visit->press);
    if (fonts != NULL) {
        ticket_press_leave(visit->press, fonts);
    } else {
        atomic_fetch_add(&visit->refused, 1);
    }
    return NULL;
}

static void a_press_turns_away_who_would_wait_too_long(void **state)
{
    (void)state;
    enum { VISITORS = 40, WAITING_MAX = 8 };
    struct visit visit = {.press = ticket_press_new(1, WAITING_MAX)};
    pthread_t visitors[VISITORS];
    struct typeset_fonts *fonts = ticket_press_enter(visit.press);
    assert_non_null(fonts);
    for (int i = 0; i < VISITORS; i++) {
        assert_int_equal(pthread_create(&visitors[i], NULL, pay_visit, &visit), 0);
    }
    while (atomic_load(&visit.refused) < VISITORS - WAITING_MAX) {
        sched_yield();
    }
    ticket_press_leave(visit.press, fonts);
    for (int i = 0; i < VISITORS; i++) {
        pthread_join(visitors[i], NULL);
    }
    assert_int_equal(atomic_load(&visit.refused), VISITORS - WAITING_MAX);
    ticket_press_free(visit.press);
}

struct patient {
    struct ticket_press *press;
    atomic_bool entered;
};

static void *wait_for_a_place(void *context)
{
    struct patient *patient = context;
    struct typeset_fonts *fonts = ticket_press_wait(patient->press);
    atomic_store(&patient->entered, true);
    ticket_press_leave(patient->press, fonts);
    return NULL;
}

static void a_press_lets_one_wait_whom_it_must_not_turn_away(void **state)
{
    (void)state;
    struct patient patient = {.press = ticket_press_new(1, 0)};
    pthread_t waits;
    struct typeset_fonts *fonts = ticket_press_enter(patient.press);
    assert_non_null(fonts);
    assert_null(ticket_press_enter(patient.press));
    assert_int_equal(pthread_create(&waits, NULL, wait_for_a_place, &patient), 0);
    assert_false(atomic_load(&patient.entered));
    ticket_press_leave(patient.press, fonts);
    pthread_join(waits, NULL);
    assert_true(atomic_load(&patient.entered));
    fonts = ticket_press_enter(patient.press);
    assert_non_null(fonts);
    ticket_press_leave(patient.press, fonts);
    ticket_press_free(patient.press);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar_lines_are_folded_and_escaped),
        cmocka_unit_test(calendar_words_stay_apart),
        cmocka_unit_test(pages_are_drawn_whatever_the_texts),
        cmocka_unit_test(what_fits_no_code_is_refused),
        cmocka_unit_test(a_press_turns_away_who_would_wait_too_long),
        cmocka_unit_test(a_press_lets_one_wait_whom_it_must_not_turn_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
