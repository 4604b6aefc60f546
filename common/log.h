/* log.h: one JSON object a line on standard error, written with one write(2), so that lines of many threads
 * never mix. */
#ifndef TICKETING_LOG_H
#define TICKETING_LOG_H

#include "common/cleanup.h"
#include <jansson.h>
#include <stdbool.h>

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

#endif
