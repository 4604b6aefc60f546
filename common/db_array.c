/* Array literals of PostgreSQL (manual §8.15.2, §8.15.6). No connection is needed here. */
#include "common/db.h"

#include <inttypes.h>
#include <string.h>

static size_t quoted_length(const char *item)
{
    if (item == NULL) {
        return strlen("NULL");
    }
    size_t length = 2;
    for (; *item != '\0'; item++) {
        length += *item == '"' || *item == '\\' ? 2 : 1;
    }
    return length;
}

static char *append_quoted(char *out, const char *item)
{
    if (item == NULL) {
        return stpcpy(out, "NULL");
    }
    *out++ = '"';
    for (; *item != '\0'; item++) {
        if (*item == '"' || *item == '\\') {
            *out++ = '\\';
        }
        *out++ = *item;
    }
    *out++ = '"';
    return out;
}

const char *db_array(struct arena *arena, size_t count, const char *const items[])
{
    size_t length = sizeof "{}" + count; /* braces, NUL, commas */
    for (size_t i = 0; i < count; i++) {
        length += quoted_length(items[i]);
    }
    char *literal = arena_alloc(arena, length);
    char *out = literal;
    *out++ = '{';
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            *out++ = ',';
        }
        out = append_quoted(out, items[i]);
    }
    *out++ = '}';
    *out = '\0';
    return literal;
}

/* An upper bound of the number of elements. */
static size_t comma_count(const char *literal)
{
    size_t count = 1;
    for (; *literal != '\0'; literal++) {
        count += *literal == ',';
    }
    return count;
}

/* Unescapes a quoted element from `in` (behind the opening quote) to `out`; returns what follows the closing
 * one, NULL without any. */
static const char *read_quoted(const char *in, char **out)
{
    while (*in != '"') {
        if (*in == '\\') {
            in++;
        }
        if (*in == '\0') {
            return NULL;
        }
        *(*out)++ = *in++;
    }
    return in + 1;
}

/* Copies a bare element; returns what follows it, NULL when it is empty or has characters that PostgreSQL
 * would have quoted. */
static const char *read_bare(const char *in, char **out)
{
    const size_t length = strcspn(in, ",}\"{\\ \t\n\r\v\f");
    if (length == 0 || (in[length] != ',' && in[length] != '}')) {
        return NULL;
    }
    memcpy(*out, in, length);
    *out += length;
    return in + length;
}

/* Reads one element to `*out`, NUL-terminates it there and moves on; returns what follows in the literal. */
static const char *read_item(const char *in, char **out, const char **ret_item)
{
    char *start = *out;
    const bool quoted = *in == '"';
    in = quoted ? read_quoted(in + 1, out) : read_bare(in, out);
    *(*out)++ = '\0';
    *ret_item = !quoted && strcasecmp(start, "NULL") == 0 ? NULL : start;
    return in;
}

const char **db_array_items(struct arena *arena, const char *literal, size_t *ret_count)
{
    if (literal == NULL || literal[0] != '{') {
        return NULL;
    }
    const char **items = arena_alloc(arena, comma_count(literal) * sizeof *items);
    if (strcmp(literal, "{}") == 0) {
        *ret_count = 0;
        return items;
    }
    char *out =
        arena_alloc(arena, strlen(literal) +
                               1); /* each element and its NUL is no longer than it and its comma or brace */
    size_t count = 0;
    const char *in = literal;
    do {
        in = read_item(in + 1, &out, &items[count++]);
    } while (in != NULL && *in == ',');
    if (in == NULL || strcmp(in, "}") != 0) {
        return NULL;
    }
    *ret_count = count;
    return items;
}

const char *db_number(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%" PRId64, number);
}
