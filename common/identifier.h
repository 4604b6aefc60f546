/* identifier.h: UUIDs (RFC 9562), random secrets, digests, and the base64url they are written in. */
#ifndef TICKETING_IDENTIFIER_H
#define TICKETING_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

enum { UUID_SIZE = 37 }; /* 36 characters and the NUL */

/* Version 7: starts with the time in ms, so that new rows land at the end of their index; 74 random bits. */
void uuid_new(char ret_uuid[static UUID_SIZE]);
/* True for 8-4-4-4-12 hexadecimal digits in either case. */
bool uuid_is_valid(const char *text);

/* Unpadded base64url (RFC 4648 §5) and a NUL. `size` of `ret_text`: at least 4*length/3 + 2. */
void base64url_encode(const void *data, size_t length, char *ret_text, size_t size);
/* The reverse, strictly: no padding, no other characters, no stray bits. `size` of `ret_data`: at least
 * 3*length/4. False, with nothing written beyond `size`, when the text is malformed or too long. */
bool base64url_decode(const char *text, size_t length, void *ret_data, size_t size, size_t *ret_length);

/* `bytes` random bytes (OpenSSL RAND_bytes, at most 64) as unpadded base64url (RFC 4648 §5). Size: at least
 * 4*bytes/3 + 2. */
void secret_new(size_t bytes, char *ret_text, size_t size);
/* A code for people to type: six random digits and a NUL. It is easy to guess, so it needs a limit of tries.
 */
enum { DIGITS_SIZE = 7 };
void digits_new(char ret_digits[static DIGITS_SIZE]);
/* SHA-256 of `text` as 64 lower-case hex digits and a NUL. */
void sha256_hex(const void *data, size_t length, char ret_hex[static 65]);
/* HMAC-SHA256 (RFC 2104) as 64 lower-case hex digits and a NUL. */
void hmac_sha256_hex(const char *key, size_t key_length, const void *data, size_t length,
                     char ret_hex[static 65]);
/* Compares two NUL-terminated texts in time that depends on their lengths only. */
bool secret_equal(const char *one, const char *other);

#endif
