/* email.c: judges e-mail addresses and gives their canonical spelling; libidn2 turns domains into A-labels.
 */
#include "common/email.h"

#include "common/unicode.h"
#include <ctype.h>
#include <idn2.h>
#include <stdbool.h>
#include <string.h>

enum { LOCAL_BYTES_MAX = 64, ADDRESS_BYTES_MAX = 254 }; /* RFC 5321 §4.5.3.1, less the angle brackets */

static const char no_address[] = "This must be an e-mail address of at most 254 characters.";

/* True when no dot is first, last, or beside another dot. */
static bool has_good_dots(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.' && (i == 0 || i == length - 1 || text[i + 1] == '.')) {
            return false;
        }
    }
    return length > 0;
}

/* True when the ASCII characters are letters of host names. libidn2 judges those above ASCII. */
static bool is_domain(const char *text)
{
    size_t length = strlen(text);
    if (!has_good_dots(text, length) || text[0] == '-' || text[length - 1] == '-') {
        return false;
    }
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x80 && !isalnum(byte) && byte != '-' && byte != '.') {
            return false;
        }
    }
    return true;
}

/* The domain as A-labels, in the arena; NULL when it has none. */
static char *domain_to_ascii(struct arena *arena, const char *domain)
{
    char *ascii = NULL;
    if (idn2_to_ascii_8z(domain, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) {
        return NULL;
    }
    char *copy = is_domain(ascii) ? arena_text(arena, ascii) : NULL;
    idn2_free(ascii);
    return copy;
}

/* Writes the canonical spelling when there is one; otherwise the sentence that says why there is none. */
static const char *canonicalize(struct arena *arena, const char *text, char **ret_canonical)
{
    const char *at = strchr(text, '@');
    if (at == NULL || strpbrk(text, " \t\r\n\"(),:;<>[\\]") != NULL ||
        !has_good_dots(text, (size_t)(at - text)) || !is_domain(at + 1)) {
        return no_address;
    }
    const char *problem = unicode_line_problem(arena, text);
    if (problem != NULL) {
        return problem;
    }
    if (unicode_hides_ascii(arena_printf(arena, "%.*s", (int)(at - text), text))) {
        return "The part before the @ has a character that stands for one of ASCII.";
    }
    char *local = unicode_nfc(arena, arena_printf(arena, "%.*s", (int)(at - text), text));
    if (strlen(local) > LOCAL_BYTES_MAX) {
        return "The part before the @ must have at most 64 bytes.";
    }
    for (char *letter = local; *letter != '\0'; letter++) {
        if (*letter >= 'A' &&
            *letter <= 'Z') { /* not tolower(): the identity of a user must not depend on the locale */
            *letter = (char)(*letter - 'A' + 'a');
        }
    }
    const char *domain = domain_to_ascii(arena, at + 1);
    if (domain == NULL) {
        return "The domain of this e-mail address is not one that can be written in ASCII (IDNA).";
    }
    char *canonical = arena_printf(arena, "%s@%s", local, domain);
    if (strlen(canonical) > ADDRESS_BYTES_MAX || strlen(text) > ADDRESS_BYTES_MAX) {
        return no_address;
    }
    *ret_canonical = canonical;
    return NULL;
}

const char *email_problem(struct arena *arena, const char *text)
{
    char *canonical = NULL;
    const char *problem = canonicalize(arena, text, &canonical);
    if (problem != NULL) {
        return problem;
    }
    for (const char *byte = canonical; *byte != '@'; byte++) {
        if ((unsigned char)*byte >= 0x80) {
            return "The part before the @ must be ASCII: no mail can be sent to others from here (SMTPUTF8).";
        }
    }
    return NULL;
}

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0x80) {
            return false;
        }
    }
    return true;
}

char *email_deliverable(struct arena *arena, const char *text)
{
    const char *at = strrchr(text, '@');
    if (at != NULL && is_ascii(at)) {
        return arena_text(arena, text);
    }
    char *domain = at != NULL ? domain_to_ascii(arena, at + 1) : NULL;
    return domain != NULL ? arena_printf(arena, "%.*s@%s", (int)(at - text), text, domain) : NULL;
}

char *email_canonical(struct arena *arena, const char *text)
{
    char *canonical = NULL;
    return canonicalize(arena, text, &canonical) == NULL ? canonical : NULL;
}
