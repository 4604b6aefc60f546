/* unicode.c: judges the characters of one-line texts and normalizes texts, by libunistring's tables. */
#include "common/unicode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum {
    ZERO_WIDTH_NON_JOINER = 0x200c,
    ZERO_WIDTH_JOINER = 0x200d,
    VIRAMA_CLASS = 9, /* canonical combining class of the viramas (UAX #44) */
};

/* A joiner changes how its neighbours look only after a virama, inside a cursive script, or in an emoji. */
static bool joiner_has_effect(ucs4_t joiner, ucs4_t before)
{
    if (before == 0) {
        return false;
    }
    if (uc_combining_class(before) == VIRAMA_CLASS) {
        return true;
    }
    int joining = uc_joining_type(before);
    if (joining == UC_JOINING_TYPE_D || joining == UC_JOINING_TYPE_L || joining == UC_JOINING_TYPE_R) {
        return true;
    }
    return joiner == ZERO_WIDTH_JOINER &&
           (uc_is_property(before, UC_PROPERTY_EXTENDED_PICTOGRAPHIC) ||
            uc_is_property_emoji_modifier(before) || uc_is_property(before, UC_PROPERTY_VARIATION_SELECTOR));
}

static bool may_stand_in_line(ucs4_t character, ucs4_t before)
{
    if (character == ZERO_WIDTH_NON_JOINER || character == ZERO_WIDTH_JOINER) {
        return joiner_has_effect(character, before);
    }
    if (uc_is_property(character, UC_PROPERTY_VARIATION_SELECTOR)) {
        return before != 0 && !uc_is_property(before, UC_PROPERTY_VARIATION_SELECTOR) &&
               !uc_is_property_default_ignorable_code_point(before);
    }
    return !uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
                                                            UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp) &&
           !uc_is_property_default_ignorable_code_point(character);
}

const char *unicode_line_problem(struct arena *arena, const char *text)
{
    ucs4_t before = 0;
    ucs4_t character = 0;
    for (const uint8_t *next = u8_next(&character, (const uint8_t *)text); next != NULL;
         next = u8_next(&character, next)) {
        if (!may_stand_in_line(character, before)) {
            return arena_printf(arena, "This is one line and must not contain the character U+%04X.",
                                (unsigned)character);
        }
        before = character;
    }
    return NULL;
}

char *unicode_nfc(struct arena *arena, const char *text)
{
    size_t length = 0;
    uint8_t *normal = u8_normalize(UNINORM_NFC, (const uint8_t *)text, strlen(text) + 1, NULL, &length);
    if (normal == NULL) { /* the text is valid, so memory is exhausted: end the process, as memory.h says */
        abort();
    }
    char *copy = arena_text(arena, (const char *)normal);
    explicit_bzero(normal, length); /* it may be a password */
    free(normal);
    return copy;
}

char *unicode_opaque(struct arena *arena, const char *text)
{
    char *spaced = arena_alloc(arena, strlen(text) + 1); /* no space is shorter than U+0020 */
    char *end = spaced;
    ucs4_t character = 0;
    const uint8_t *at = (const uint8_t *)text;
    for (const uint8_t *next = u8_next(&character, at); next != NULL; next = u8_next(&character, next)) {
        if (uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Zs)) {
            *end++ = ' ';
        } else {
            end = mempcpy(end, at, (size_t)(next - at));
        }
        at = next;
    }
    return unicode_nfc(arena, spaced);
}

bool unicode_hides_ascii(const char *text)
{
    ucs4_t character = 0;
    for (const uint8_t *next = u8_next(&character, (const uint8_t *)text); next != NULL;
         next = u8_next(&character, next)) {
        ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
        if (uc_canonical_decomposition(character, parts) == 1 && parts[0] < 0x80) {
            return true;
        }
    }
    return false;
}
