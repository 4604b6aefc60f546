/* page.h: lists by keyset: `?limit=1..100&cursor=…` → `{items, nextCursor}`, stable under inserts.
 *
 * Lists are ordered by (created_at DESC, id DESC). A query asks for limit + 1 rows and takes the cursor's two
 * values as parameters (both NULL on the first page): WHERE ($n::timestamptz IS NULL OR (created_at, id) <
 * ($n, $m::uuid)). */
#ifndef TICKETING_PAGE_H
#define TICKETING_PAGE_H

#include "common/field.h"

enum { PAGE_LIMIT_DEFAULT = 20, PAGE_LIMIT_MAX = 100 };

struct page {
    int64_t limit;          /* rows wanted, 1 to 100 */
    const char *after_time; /* created_at of the last row seen, PostgreSQL text with microseconds; NULL on the
                               first page */
    const char *after_id;   /* its UUID; NULL on the first page */
};

/* The two fields of a query spec; `query_type` has members `limit` (int64_t) and `cursor` (const char *). */
#define PAGE_FIELDS(query_type)                                                                              \
    {.name = "limit",                                                                                        \
     .type = FIELD_INTEGER,                                                                                  \
     .min = 1,                                                                                               \
     .max = PAGE_LIMIT_MAX,                                                                                  \
     .offset = offsetof(query_type, limit)},                                                                 \
    {                                                                                                        \
        .name = "cursor", .type = FIELD_TEXT, .min = 1, .max = 200, .offset = offsetof(query_type, cursor)   \
    }

/* Decodes limit (0: the default) and cursor (NULL: first page). A cursor that is not ours adds a fault and is
 * false. */
bool page_read(int64_t limit, const char *cursor, struct arena *arena, struct fault_list *faults,
               struct page *ret_page) MUST_CHECK;

/* `*count` rows were found where limit + 1 were asked for. True when the last of them shows that another page
 * follows: it is not of this page, and `*count` becomes `limit`. */
bool page_end(size_t limit, size_t *count) MUST_CHECK;

/* A page as JSON: {<name>: items, "nextCursor": next}. Takes over `items`; `next` is the cursor of the page's
 * last row, or NULL on the last page. */
json_t *page_json(const char *name, json_t *items, const char *next);

/* The opaque cursor of a row, base64url, in the arena. */
const char *page_cursor(struct arena *arena, const char *created_at, const char *id);

#endif
