/* field_text.h: what makes a text an e-mail address, a URL and so on. Part of field.c, apart only to keep both short. */
#ifndef TICKETING_FIELD_TEXT_H
#define TICKETING_FIELD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { EMAIL_CHARACTERS_MAX = 254, SLUG_CHARACTERS_MAX = 64 };

/* Characters (not bytes) of valid UTF-8. */
size_t text_characters(const char *text);
/* True when it has NUL-free characters only, and no control character (C0, DEL, C1) other than \t \n \r. */
bool text_is_printable(const char *text);
/* True when there is nothing but ASCII white space. */
bool text_is_blank(const char *text);
/* True for local@domain of at most 254 characters; no spaces, and none of the characters that mean something in a mail header. */
bool text_is_email(const char *text);
/* True for an absolute http:// or https:// URL (RFC 3986) without user information. */
bool text_is_url(const char *text);
bool text_is_slug(const char *text);
bool text_is_currency(const char *text);

#endif
