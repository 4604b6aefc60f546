/* log.h: one JSON object a line on standard error, written with one write(2), so that lines of many threads
 * never mix. */
#ifndef TICKETING_LOG_H
#define TICKETING_LOG_H

#include "common/cleanup.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level {
    LOG_LEVEL_DEBUG, /* for developers */
    LOG_LEVEL_INFO,  /* what happened */
    LOG_LEVEL_WARN,  /* worth a look */
    LOG_LEVEL_ERROR, /* needs a person */
};

/* Name of the process in every line, and the least level written. Call once, before threads exist. */
void log_open(const char *process, enum log_level least);
bool log_level_from_name(const char *name, enum log_level *ret_level) MUST_CHECK;

/* Writes {"time": …, "level": …, "process": …, "event": event, …fields}; steals `fields` (an object or NULL).
 * Untrusted text may stand in fields: JSON escapes it. Never log secrets, tokens, passwords or bodies. */
void log_event(enum log_level level, const char *event, json_t *fields_stolen);
/* The same with one text field "message". */
void log_message(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

/* A line built without a tree of values, for what is logged at every request. Values that do not fit are left
 * out, and the line says `"truncated":true`. */
enum { LOG_LINE_SIZE = 4096 };
struct log_line {
    bool wanted; /* its level is logged */
    bool truncated;
    size_t length;
    char text[LOG_LINE_SIZE];
};

void log_line_open(struct log_line *line, enum log_level level, const char *event);
/* NULL is written as null. Bytes that are not UTF-8 become '?'. */
void log_line_text(struct log_line *line, const char *name, const char *value);
void log_line_number(struct log_line *line, const char *name, int64_t value);
void log_line_write(struct log_line *line);

/* From here to log_release() the lines that log_line_write() takes from this thread are written together, as
 * many as make one write(2): for a thread that answers many requests in a row. */
void log_hold(void);
void log_release(void);

#endif
