/* field_text.c: what makes a text an e-mail address, a URL and so on. */
#include "common/field_text.h"

#include "common/clock.h"
#include "common/email.h"
#include "common/identifier.h"
#include "common/unicode.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    SLUG_CHARACTERS_MAX = 64,
};

size_t text_characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        if (((unsigned char)*text & 0xc0) != 0x80) { /* not a continuation byte */
            count++;
        }
    }
    return count;
}

bool text_is_printable(const char *text)
{
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++) {
        bool c0 = *byte < 0x20 && *byte != '\t' && *byte != '\n' && *byte != '\r';
        bool c1 = byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] <= 0x9f;
        if (c0 || *byte == 0x7f || c1) {
            return false;
        }
    }
    return true;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* host[:port], or an IPv6 address in brackets; a user before "@" is refused. */
static bool is_authority(const char *text, size_t length)
{
    size_t host = text[0] == '['
                      ? strspn(text, "[]0123456789abcdefABCDEF:.")
                      : strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%");
    if (host > length) {
        host = length;
    }
    if (host == 0 || text[0] == '.' || text[0] == '-') {
        return false;
    }
    if (text[0] == '[') {
        const char *end = memchr(text, ']', host);
        if (end == NULL || end < text + 3) {
            return false;
        }
        host = (size_t)(end - text) + 1;
    }
    if (host == length) {
        return true;
    }
    size_t digits = length - host - 1;
    return text[host] == ':' && digits >= 1 && digits <= 5 && strspn(text + host + 1, "0123456789") >= digits;
}

static bool is_url(const char *text)
{
    size_t scheme = strncasecmp(text, "http://", 7) == 0 ? 7 : 8;
    if (scheme == 8 && strncasecmp(text, "https://", 8) != 0) {
        return false;
    }
    for (const char *byte = text; *byte != '\0'; byte++) {
        if (!isgraph((unsigned char)*byte) || strchr("\"<>\\^`{|}", *byte) != NULL) {
            return false;
        }
    }
    return is_authority(text + scheme, strcspn(text + scheme, "/?#"));
}

static bool is_slug(const char *text)
{
    if (!isalnum((unsigned char)*text)) {
        return false;
    }
    size_t length = 0;
    for (; text[length] != '\0'; length++) {
        if (length >= SLUG_CHARACTERS_MAX ||
            (!isalnum((unsigned char)text[length]) && text[length] != '_' && text[length] != '-')) {
            return false;
        }
    }
    return true;
}

static bool is_currency(const char *text)
{
    for (int i = 0; i < 3; i++) {
        if (text[i] < 'A' || text[i] > 'Z') {
            return false;
        }
    }
    return text[3] == '\0';
}

bool text_is_choice(const char *const *choices, const char *text)
{
    for (; *choices != NULL; choices++) {
        if (strcmp(*choices, text) == 0) {
            return true;
        }
    }
    return false;
}

const char *text_choices(struct arena *arena, const char *const *choices)
{
    const char *text = *choices;
    for (choices++; *choices != NULL; choices++) {
        text = arena_printf(arena, "%s, %s", text, *choices);
    }
    return text;
}

const char *text_problem(const struct field *field, const char *text, struct arena *arena)
{
    switch (field->type) {
    case FIELD_TEXT:
        return field->min > 0 && *text != '\0' && is_blank(text) ? "This must not be blank." : NULL;
    case FIELD_LINE:
        return field->min > 0 && *text != '\0' && is_blank(text) ? "This must not be blank."
                                                                 : unicode_line_problem(arena, text);
    case FIELD_EMAIL:
        return email_problem(arena, text);
    case FIELD_URL:
        return is_url(text) ? NULL : "This must be an absolute http:// or https:// URL.";
    case FIELD_UUID:
        return uuid_is_valid(text) ? NULL : "This must be a UUID.";
    case FIELD_SLUG:
        return is_slug(text) ? NULL
                             : "This must be 1 to 64 letters, digits, hyphens and underscores, the "
                               "first a letter or digit.";
    case FIELD_TIME:
        return clock_is_rfc3339(text) ? NULL : "This must be an RFC 3339 time such as 2026-12-01T12:00:00Z.";
    case FIELD_CURRENCY:
        return is_currency(text) ? NULL : "This must be a currency of three capital letters (ISO 4217).";
    case FIELD_CHOICE:
        return text_is_choice(field->choices, text)
                   ? NULL
                   : arena_printf(arena, "This must be one of: %s.", text_choices(arena, field->choices));
    default:
        return NULL;
    }
}
