/* csv.c: comma-separated values. */
#include "common/csv.h"
#include "common/memory.h"
#include <string.h>

enum { SIZE_FIRST = 16 * 1024 };

struct csv csv_open(char separator)
{
    return (struct csv){.separator = separator};
}

void csv_close(struct csv *csv)
{
    free(csv->text);
    *csv = (struct csv){0};
}

void csv_reset(struct csv *csv)
{
    csv->length = 0;
}

static void add(struct csv *csv, const char *bytes, size_t length)
{
    if (length == 0) {
        return;
    }
    if (length > csv->size - csv->length) {
        size_t size = 2 * (csv->length + length) > SIZE_FIRST ? 2 * (csv->length + length) : SIZE_FIRST;
        char *larger = memory_new(size, 1);
        memcpy(larger, csv->text != NULL ? csv->text : larger, csv->length);
        free(csv->text);
        csv->text = larger;
        csv->size = size;
    }
    memcpy(csv->text + csv->length, bytes, length);
    csv->length += length;
}

static void add_value(struct csv *csv, bool guarded, const char *text)
{
    const char special[] = {csv->separator, '"', '\r', '\n', '\0'};
    bool quoted = strpbrk(text, special) != NULL;
    if (csv->in_row) {
        add(csv, &csv->separator, 1);
    }
    csv->in_row = true;
    add(csv, "\"", quoted);
    add(csv, "'", guarded);
    for (const char *quote = strchr(text, '"'); quote != NULL; quote = strchr(text, '"')) {
        add(csv, text, (size_t)(quote - text) + 1);
        add(csv, "\"", 1);
        text = quote + 1;
    }
    add(csv, text, strlen(text));
    add(csv, "\"", quoted);
}

static bool is_formula(const char *text)
{
    static const char *const beginnings[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};
    for (size_t i = 0; i < ARRAY_LENGTH(beginnings); i++) {
        if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0) {
            return true;
        }
    }
    return false;
}

void csv_text(struct csv *csv, const char *text)
{
    add_value(csv, text != NULL && is_formula(text), text != NULL ? text : "");
}

void csv_plain(struct csv *csv, const char *text)
{
    add_value(csv, false, text != NULL ? text : "");
}

void csv_end_row(struct csv *csv)
{
    add(csv, "\r\n", 2);
    csv->in_row = false;
}

void csv_byte_order_mark(struct csv *csv)
{
    add(csv, "\xEF\xBB\xBF", 3);
}
