/* log_line.c: log lines without an allocation, for every request. */
#include "common/clock.h"
#include "common/json_escape.h"
#include "common/log.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_END = sizeof("\"truncated\":true}\n") + 1 }; /* always left free */

static bool has_room(struct log_line *line, size_t length)
{
    if (line->truncated || line->length + length + LINE_END > sizeof(line->text)) {
        line->truncated = true;
    }
    return !line->truncated;
}

static void put(struct log_line *line, const char *text, size_t length)
{
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

/* The length of the UTF-8 sequence at `text` (RFC 3629 §4); 0 when there is none. */
static size_t sequence_length(const unsigned char *text)
{
    size_t length = *text < 0x80 ? 1 : *text >= 0xc2 && *text < 0xe0 ? 2 : (*text & 0xf0) == 0xe0 ? 3 : 4;
    if (*text >= 0x80 && (*text < 0xc2 || *text > 0xf4)) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xf0 && text[1] < 0x90);
    bool surrogate = text[0] == 0xed && text[1] > 0x9f;
    bool too_high = text[0] == 0xf4 && text[1] > 0x8f;
    return overlong || surrogate || too_high ? 0 : length;
}

/* Bytes that are no UTF-8 become question marks. */
static void put_escaped(struct log_line *line, const char *value)
{
    const unsigned char *at = (const unsigned char *)value;
    while (*at != '\0') {
        size_t length = sequence_length(at);
        char escape[JSON_ESCAPE_MAX];
        size_t escape_length = json_escape(*at, escape);
        if (escape_length > 0) {
            put(line, escape, escape_length);
        } else {
            put(line, length > 0 ? (const char *)at : "?", length > 0 ? length : 1);
        }
        at += length > 0 ? length : 1;
    }
}

void log_line_text(struct log_line *line, const char *name, const char *value)
{
    size_t name_length = strlen(name);
    size_t value_length = value != NULL ? strlen(value) : 4;
    if (!line->wanted || !has_room(line, name_length + 8 + JSON_ESCAPE_MAX * value_length)) {
        return;
    }
    put(line, ",\"", 2);
    put(line, name, name_length);
    put(line, "\":", 2);
    if (value == NULL) {
        put(line, "null", 4);
        return;
    }
    put(line, "\"", 1);
    put_escaped(line, value);
    put(line, "\"", 1);
}

void log_line_number(struct log_line *line, const char *name, int64_t value)
{
    char text[24];
    size_t name_length = strlen(name);
    size_t length = (size_t)snprintf(text, sizeof(text), "%lld", (long long)value);
    if (!line->wanted || !has_room(line, name_length + 8 + length)) {
        return;
    }
    put(line, ",\"", 2);
    put(line, name, name_length);
    put(line, "\":", 2);
    put(line, text, length);
}

/* Lines that wait to be written. */
static _Thread_local struct {
    bool holding;
    size_t length;
    char text[PIPE_BUF]; /* as log.c: what is longer might be mixed with the lines of others */
} held;

static void write_text(const char *text, size_t length)
{
    ssize_t written = 0;
    do {
        written = write(STDERR_FILENO, text, length);
    } while (written < 0 && errno == EINTR);
}

static void write_held(void)
{
    if (held.length > 0) {
        write_text(held.text, held.length);
        held.length = 0;
    }
}

void log_hold(void)
{
    held.holding = true;
}

void log_release(void)
{
    write_held();
    held.holding = false;
}

void log_line_write(struct log_line *line)
{
    if (!line->wanted) {
        return;
    }
    if (line->truncated) {
        put(line, ",\"truncated\":true", sizeof(",\"truncated\":true") - 1);
    }
    put(line, "}\n", 2);
    if (held.length + line->length > sizeof(held.text)) {
        write_held();
    }
    if (!held.holding) {
        write_text(line->text, line->length);
        return;
    }
    memcpy(held.text + held.length, line->text, line->length);
    held.length += line->length;
}
