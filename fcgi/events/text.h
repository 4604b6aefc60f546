/* text.h: a growing text for answers too big to be built as a tree of JSON values first (tens of thousands of
 * seats). */
#ifndef TICKETING_EVENTS_TEXT_H
#define TICKETING_EVENTS_TEXT_H

#include "common/cleanup.h"
#include <stddef.h>
#include <stdint.h>

/* {0} is an empty text. Not shared between threads. */
struct text {
    char *data; /* NUL-terminated once anything was added */
    size_t length;
    size_t capacity;
};

void text_add(struct text *text, const char *part);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_number(struct text *text, int64_t number);
/* A JSON string with its quotes (RFC 8259 §7); `part` is valid UTF-8. */
void text_add_json(struct text *text, const char *part);

static inline void text_release(struct text *text)
{
    free(text->data);
    *text = (struct text){.data = NULL};
}
/* struct text x TEXT_AUTO = {0}; */
#define TEXT_AUTO __attribute__((cleanup(text_release)))

#endif
