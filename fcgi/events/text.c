/* text.c: text that grows, and JSON strings in it. */
#include "fcgi/events/text.h"
#include "common/json_escape.h"
#include "common/memory.h"
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024 };

static void reserve(struct text *text, size_t more)
{
    if (text->capacity - text->length > more) {
        return;
    }
    size_t capacity = text->capacity == 0 ? FIRST_CAPACITY : text->capacity;
    while (capacity - text->length <= more) {
        capacity *= 2;
    }
    char *data = memory_new(capacity, 1);
    if (text->length > 0) {
        memcpy(data, text->data, text->length);
    }
    free(text->data);
    text->data = data;
    text->capacity = capacity;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    reserve(text, length);
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *part)
{
    text_add_bytes(text, part, strlen(part));
}

void text_add_number(struct text *text, int64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%lld", (long long)number);
    text_add_bytes(text, digits, (size_t)length);
}

void text_add_json(struct text *text, const char *part)
{
    text_add_bytes(text, "\"", 1);
    const char *plain = part; /* start of what needs no escape */
    for (const char *at = part; *at != '\0'; at++) {
        char escape[JSON_ESCAPE_MAX];
        size_t length = json_escape((unsigned char)*at, escape);
        if (length > 0) {
            text_add_bytes(text, plain, (size_t)(at - plain));
            text_add_bytes(text, escape, length);
            plain = at + 1;
        }
    }
    text_add(text, plain);
    text_add_bytes(text, "\"", 1);
}
