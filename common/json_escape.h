/* json_escape.h: how a character is written in a JSON string (RFC 8259 §7), for text that is too long or too
 * frequent to become a JSON value first. Everything else leaves that to jansson. */
#ifndef TICKETING_JSON_ESCAPE_H
#define TICKETING_JSON_ESCAPE_H

#include <stddef.h>

enum { JSON_ESCAPE_MAX = 6 }; /* bytes, of one character: \u001f */

/* Writes the escape of `character`, a byte of UTF-8, and returns its length, without a NUL. 0: the byte
 * stands for itself. Quote, backslash and control characters have an escape; DEL too, which a terminal obeys.
 */
size_t json_escape(unsigned char character, char ret_escape[static JSON_ESCAPE_MAX]);

#endif
