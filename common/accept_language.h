/* accept_language.h: which language a reader wants (RFC 9110 §12.5.4). */
#ifndef TICKETING_ACCEPT_LANGUAGE_H
#define TICKETING_ACCEPT_LANGUAGE_H

#include <stddef.h>

/* Index of the language that the header Accept-Language (NULL: none) wants most; 0, which should be English,
 * when it wants none of them. `languages` are primary tags in small letters ("en", "vi"): "vi-VN" wants "vi".
 * Of equal wishes the first one in the header counts; wishes behind the 32nd do not. */
size_t accept_language_choose(const char *header, size_t count, const char *const languages[]);

#endif
