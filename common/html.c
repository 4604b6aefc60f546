/* html.c: escaping. */
#include "common/html.h"
#include <string.h>

const char *html_escape(struct arena *arena, const char *text)
{
    char *escaped = arena_alloc(arena, strlen(text) * (sizeof("&quot;") - 1) + 1);
    char *end = escaped;
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            end = stpcpy(end, "&amp;");
            break;
        case '<':
            end = stpcpy(end, "&lt;");
            break;
        case '>':
            end = stpcpy(end, "&gt;");
            break;
        case '"':
            end = stpcpy(end, "&quot;");
            break;
        case '\'':
            end = stpcpy(end, "&#39;");
            break;
        default:
            *end++ = *text;
        }
    }
    return escaped;
}
