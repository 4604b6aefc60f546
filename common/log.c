/* log.c: log lines with any members, as JSON. */
#include "common/log.h"

#include "common/clock.h"
#include "common/memory.h"
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A write(2) to a pipe is atomic up to PIPE_BUF (POSIX, write()); several processes share one standard error.
 */
enum { LINE_MAX_BYTES = PIPE_BUF, PROCESS_SIZE = 64, MESSAGE_SIZE = 2048 };

static const char *const level_names[] = {
    [LOG_LEVEL_DEBUG] = "debug",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_ERROR] = "error",
};

static char process_name[PROCESS_SIZE] = "ticketing";
static enum log_level least_level = LOG_LEVEL_INFO;

void log_open(const char *process, enum log_level least)
{
    snprintf(process_name, sizeof(process_name), "%s", process);
    least_level = least;
}

bool log_level_from_name(const char *name, enum log_level *ret_level)
{
    for (size_t i = 0; i < ARRAY_LENGTH(level_names); i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *ret_level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* Now, as "2026-12-01T12:00:00.123Z". */
static void time_now(char ret_time[static RFC3339_SIZE + 8])
{
    int64_t now = clock_milliseconds();
    char seconds[RFC3339_SIZE];
    clock_format(now / 1000, seconds);
    /* The text ends in "Z": the milliseconds go before it. */
    size_t length = strlen(seconds) - 1;
    snprintf(ret_time, RFC3339_SIZE + 8, "%.*s.%03dZ", (int)length, seconds, (int)(now % 1000));
}

void log_line_open(struct log_line *line, enum log_level level, const char *event)
{
    line->wanted = level >= least_level;
    line->truncated = false;
    line->length = 0;
    if (line->wanted) {
        char time[RFC3339_SIZE + 8];
        time_now(time);
        line->length =
            (size_t)snprintf(line->text, sizeof(line->text),
                             "{\"time\":\"%s\",\"level\":\"%s\",\"process\":\"%s\",\"event\":\"%s\"", time,
                             level_names[level], process_name, event);
    }
}

static json_t *line_new(enum log_level level, const char *event)
{
    char time[RFC3339_SIZE + 8];
    time_now(time);
    return json_pack("{s:s, s:s, s:s, s:s}", "time", time, "level", level_names[level], "process",
                     process_name, "event", event);
}

/* One write(2). What standard error does not take is lost: a log must not stop a responder. */
static bool line_write(const json_t *line)
{
    char text[LINE_MAX_BYTES];
    size_t length = json_dumpb(line, text, sizeof(text) - 1, JSON_COMPACT);
    if (length == 0 || length > sizeof(text) - 1) {
        return false;
    }
    text[length++] = '\n';
    ssize_t written = 0;
    do {
        written = write(STDERR_FILENO, text, length);
    } while (written < 0 && errno == EINTR);
    return true;
}

void log_event(enum log_level level, const char *event, json_t *fields_stolen)
{
    json_auto_t *fields = fields_stolen;
    if (level < least_level) {
        return;
    }
    json_auto_t *line = line_new(level, event);
    json_object_update_missing(line, fields);
    if (!line_write(line)) {
        json_auto_t *short_line = line_new(level, event);
        json_object_set_new(short_line, "truncated", json_true());
        (void)line_write(short_line);
    }
}

void log_message(enum log_level level, const char *event, const char *format, ...)
{
    if (level < least_level) {
        return;
    }
    char message[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    json_t *text = json_string(message);
    if (text == NULL) {
        /* Not UTF-8, or cut in the middle of a character. */
        for (char *byte = message; *byte != '\0'; byte++) {
            *byte = (unsigned char)*byte < 0x80 ? *byte : '?';
        }
        text = json_string(message);
    }
    log_event(level, event, json_pack("{s:o}", "message", text));
}
