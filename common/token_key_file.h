/* token_key_file.h: files with the keys of ES256 (RFC 7518 §3.4): PEM, elliptic curve P-256. token.c only. */
#ifndef TICKETING_TOKEN_KEY_FILE_H
#define TICKETING_TOKEN_KEY_FILE_H

#include "common/cleanup.h"

enum token_key_kind { TOKEN_KEY_PRIVATE, TOKEN_KEY_PUBLIC };

/* The text of the file, owned by the caller (it may be secret: overwrite it before free()). NULL: it cannot
 * be read, or holds no such key, or one of another curve; `ret_error` then says what is wrong, and is static
 * or the system's own text. */
char *token_key_file_read(const char *path, enum token_key_kind kind, const char **ret_error) MUST_CHECK;

#endif
