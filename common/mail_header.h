/* mail_header.h: header fields of e-mails. */
#ifndef TICKETING_MAIL_HEADER_H
#define TICKETING_MAIL_HEADER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* True when `address` can stand in a header and in an SMTP command: something@something of at most 254 bytes
 * without white space, control characters, quotes, brackets, commas, colons or backslashes. */
bool mail_address_is_usable(const char *address);

/* `Name: text` and CRLF. Text that is not short printable ASCII becomes encoded words (RFC 2047) of at most
 * 75 characters, each on a line of its own; a character is never split between two. Control characters become
 * spaces. */
void mail_header_text(FILE *out, const char *name, const char *text);
/* `Name: "person" <address>`; the address must be usable. A person of NULL or "" is left out. */
void mail_header_address(FILE *out, const char *name, const char *person, const char *address);
/* `Date: Tue, 01 Dec 2026 12:00:00 +0000`, whatever the locale. */
void mail_header_date(FILE *out, int64_t seconds);
/* Base64 in lines of 76 characters (RFC 2045 §6.8). */
void mail_base64(FILE *out, const void *data, size_t length);

#endif
