/* page.c: limit and cursor of lists. */
#include "common/page.h"

#include "common/clock.h"
#include "common/identifier.h"
#include <string.h>

enum { CURSOR_BYTES_MAX = 150 }; /* decoded from at most 200 characters */

/* PostgreSQL prints "2026-12-01 12:00:00.123456+00"; RFC 3339 wants a "T" and minutes in the offset. The
 * database takes every time that passes this check, so a forged cursor cannot make a query fail. */
static bool is_database_time(struct arena *arena, const char *text)
{
    size_t length = strlen(text);
    if (length < sizeof("2026-12-01 12:00:00Z") - 1) {
        return false;
    }
    char sign = text[length - 3];
    bool hours_only = sign == '+' || sign == '-';
    char *copy = arena_printf(arena, "%s%s", text, hours_only ? ":00" : "");
    if (copy[10] == ' ') {
        copy[10] = 'T';
    }
    return clock_is_rfc3339(copy);
}

static bool cursor_decode(const char *cursor, struct arena *arena, struct page *page)
{
    size_t length = 0;
    char *text = arena_alloc(arena, CURSOR_BYTES_MAX + 1);
    if (!base64url_decode(cursor, strlen(cursor), text, CURSOR_BYTES_MAX, &length) ||
        strlen(text) != length) {
        return false;
    }
    char *separator = strchr(text, '|');
    if (separator == NULL) {
        return false;
    }
    *separator = '\0';
    if (!is_database_time(arena, text) || !uuid_is_valid(separator + 1)) {
        return false;
    }
    page->after_time = text;
    page->after_id = separator + 1;
    return true;
}

bool page_read(int64_t limit, const char *cursor, struct arena *arena, struct fault_list *faults,
               struct page *ret_page)
{
    struct page page = {.limit = PAGE_LIMIT_DEFAULT};
    if (limit > 0) {
        page.limit = limit < PAGE_LIMIT_MAX ? limit : PAGE_LIMIT_MAX;
    }
    if (cursor != NULL && !cursor_decode(cursor, arena, &page)) {
        fault_add(faults, "cursor", "This is not a cursor of this list.");
        return false;
    }
    *ret_page = page;
    return true;
}

bool page_end(size_t limit, size_t *count)
{
    if (*count <= limit) {
        return false;
    }
    *count = limit;
    return true;
}

json_t *page_json(const char *name, json_t *items, const char *next)
{
    return json_pack("{s:o, s:s?}", name, items, "nextCursor", next);
}

const char *page_cursor(struct arena *arena, const char *created_at, const char *id)
{
    const char *text = arena_printf(arena, "%s|%s", created_at, id);
    size_t length = strlen(text);
    size_t size = length * 4 / 3 + 2;
    char *cursor = arena_alloc(arena, size);
    base64url_encode(text, length, cursor, size);
    return cursor;
}
