/* field_text.h: what makes a text an e-mail address, a URL and so on. Part of field.c, apart only to keep
 * both short. */
#ifndef TICKETING_FIELD_TEXT_H
#define TICKETING_FIELD_TEXT_H

#include "common/field_spec.h"
#include "common/memory.h"

/* Characters (not bytes) of valid UTF-8. */
size_t text_characters(const char *text);
/* True when there is no control character (C0, DEL, C1) other than \t \n \r. */
bool text_is_printable(const char *text);
/* True for one of the NULL-terminated `choices`. */
bool text_is_choice(const char *const *choices, const char *text);
/* "a, b, c", for messages; may live in the arena. */
const char *text_choices(struct arena *arena, const char *const *choices);
/* A sentence that says what is wrong with a text of the field's type, never repeating it; NULL: nothing.
 * Lengths are the caller's. */
const char *text_problem(const struct field *field, const char *text, struct arena *arena);

#endif
