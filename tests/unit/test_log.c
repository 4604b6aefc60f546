/* Log lines: one JSON object each, whatever stands in the fields, however many threads write. */
#include "common/clock.h"
#include "common/log.h"
#include "common/memory.h"
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Standard error goes to a file between capture_start() and capture_end(). */
struct capture {
    FILE *file;
    int stderr_fd; /* the real one */
    char *text;    /* what was written */
};

static int set_up(void **state)
{
    struct capture *capture = memory_new(1, sizeof(*capture));
    capture->file = tmpfile();
    *state = capture;
    return capture->file == NULL;
}

static int tear_down(void **state)
{
    struct capture *capture = *state;
    fclose(capture->file);
    free(capture->text);
    free(capture);
    log_open("test", LOG_LEVEL_INFO);
    return 0;
}

static void capture_start(struct capture *capture)
{
    capture->stderr_fd = dup(STDERR_FILENO);
    dup2(fileno(capture->file), STDERR_FILENO);
}

static const char *capture_end(struct capture *capture)
{
    dup2(capture->stderr_fd, STDERR_FILENO);
    close(capture->stderr_fd);
    long size = lseek(fileno(capture->file), 0, SEEK_END);
    capture->text = memory_new((size_t)size + 1, 1);
    assert_int_equal(pread(fileno(capture->file), capture->text, (size_t)size, 0), size);
    return capture->text;
}

/* The only line, parsed; owned by the caller. */
static json_t *only_line(const char *text)
{
    const char *end = strchr(text, '\n');
    assert_non_null(end);
    assert_string_equal(end, "\n");
    json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(line);
    return line;
}

static const char *member(const json_t *line, const char *name)
{
    return json_string_value(json_object_get(line, name));
}

static void a_line_says_when_who_and_what(void **state)
{
    log_open("holds", LOG_LEVEL_INFO);
    capture_start(*state);
    log_event(LOG_LEVEL_WARN, "slow_statement", json_pack("{s:i, s:s}", "ms", 42, "statement", "hold_seats"));
    json_auto_t *line = only_line(capture_end(*state));
    assert_true(clock_is_rfc3339(member(line, "time")));
    assert_int_equal(strlen(member(line, "time")), strlen("2026-12-01T12:00:00.123Z"));
    assert_string_equal(member(line, "level"), "warn");
    assert_string_equal(member(line, "process"), "holds");
    assert_string_equal(member(line, "event"), "slow_statement");
    assert_int_equal(json_integer_value(json_object_get(line, "ms")), 42);
    assert_int_equal(json_object_size(line), 6);
}

static void fields_cannot_forge_a_line(void **state)
{
    capture_start(*state);
    log_event(LOG_LEVEL_INFO, "request",
              json_pack("{s:s, s:s}", "path", "/\n{\"level\":\"error\"}\r\n\"", "level", "forged"));
    json_auto_t *line = only_line(capture_end(*state));
    assert_string_equal(member(line, "path"), "/\n{\"level\":\"error\"}\r\n\"");
    assert_string_equal(member(line, "level"), "info");
}

static void lower_levels_are_not_written(void **state)
{
    log_open("test", LOG_LEVEL_WARN);
    capture_start(*state);
    log_event(LOG_LEVEL_INFO, "quiet", json_pack("{s:i}", "freed", 1));
    log_message(LOG_LEVEL_DEBUG, "quiet", "%d", 1);
    log_event(LOG_LEVEL_ERROR, "loud", NULL);
    json_auto_t *line = only_line(capture_end(*state));
    assert_string_equal(member(line, "event"), "loud");
}

static void a_message_is_always_valid_json(void **state)
{
    capture_start(*state);
    log_message(LOG_LEVEL_ERROR, "database", "%s", "bad \xff byte");
    json_auto_t *line = only_line(capture_end(*state));
    assert_string_equal(member(line, "message"), "bad ? byte");
}

static void an_oversized_line_is_cut_but_stays_json(void **state)
{
    char text[3 * PIPE_BUF];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    capture_start(*state);
    log_event(LOG_LEVEL_INFO, "large", json_pack("{s:s}", "text", text));
    const char *written = capture_end(*state);
    assert_true(strlen(written) <= PIPE_BUF);
    json_auto_t *line = only_line(written);
    assert_string_equal(member(line, "event"), "large");
    assert_true(json_is_true(json_object_get(line, "truncated")));
}

enum { THREADS = 8, LINES = 200 };

static void *write_lines(void *context)
{
    for (int i = 0; i < LINES; i++) {
        log_message(LOG_LEVEL_INFO, "thread", "%0*d", *(const int *)context, i);
    }
    return NULL;
}

static void lines_of_many_threads_do_not_mix(void **state)
{
    pthread_t threads[THREADS];
    int widths[THREADS];
    capture_start(*state);
    for (int i = 0; i < THREADS; i++) {
        widths[i] = 10 + 200 * i;
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, &widths[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    const char *text = capture_end(*state);
    int lines = 0;
    for (const char *end = NULL; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        json_auto_t *line = json_loadb(text, (size_t)(end - text), 0, NULL);
        assert_non_null(line);
        lines++;
    }
    assert_int_equal(lines, THREADS * LINES);
}

static void write_numbered(int number)
{
    struct log_line line;
    log_line_open(&line, LOG_LEVEL_INFO, "numbered");
    log_line_number(&line, "number", number);
    log_line_write(&line);
}

static off_t captured_bytes(const struct capture *capture)
{
    return lseek(fileno(capture->file), 0, SEEK_END);
}

/* More than one write takes: the first lines come before the release, and each is whole. */
static void held_lines_come_in_order_and_none_is_lost(void **state)
{
    struct capture *capture = *state;
    enum { FEW = 3, MANY = 200 };
    capture_start(capture);
    log_hold();
    for (int i = 0; i < FEW; i++) {
        write_numbered(i);
    }
    off_t early = captured_bytes(capture);
    for (int i = FEW; i < MANY; i++) {
        write_numbered(i);
    }
    off_t partly = captured_bytes(capture);
    log_release();
    off_t released = captured_bytes(capture);
    write_numbered(MANY);
    off_t after = captured_bytes(capture);
    const char *text = capture_end(capture);
    assert_int_equal(early, 0);
    assert_true(partly > 0 && partly % PIPE_BUF != 0 && partly < released && released < after);
    for (int i = 0; i <= MANY; i++) {
        json_auto_t *line = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
        assert_int_equal(json_integer_value(json_object_get(line, "number")), i);
        text = strchr(text, '\n') + 1;
    }
    assert_int_equal(*text, '\0');
}

static void levels_have_names(void **state)
{
    (void)state;
    enum log_level level = LOG_LEVEL_INFO;
    assert_true(log_level_from_name("debug", &level));
    assert_int_equal(level, LOG_LEVEL_DEBUG);
    assert_true(log_level_from_name("error", &level));
    assert_int_equal(level, LOG_LEVEL_ERROR);
    assert_false(log_level_from_name("ERROR!", &level));
    assert_false(log_level_from_name("", &level));
    assert_int_equal(level, LOG_LEVEL_ERROR);
}

#define WITH_CAPTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CAPTURE(a_line_says_when_who_and_what),
        WITH_CAPTURE(fields_cannot_forge_a_line),
        WITH_CAPTURE(lower_levels_are_not_written),
        WITH_CAPTURE(a_message_is_always_valid_json),
        WITH_CAPTURE(an_oversized_line_is_cut_but_stays_json),
        WITH_CAPTURE(lines_of_many_threads_do_not_mix),
        WITH_CAPTURE(held_lines_come_in_order_and_none_is_lost),
        cmocka_unit_test(levels_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
