/* accept_language.c: reads the header Accept-Language. */
#include "common/accept_language.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WISHES_MAX = 32 };

/* Is the wish ("vi-VN;q=0.8", `length` bytes) for this language? "*" is for any. */
static bool is_for(const char *wish, size_t length, const char *language)
{
    size_t wanted = strlen(language);
    if (length > 0 && wish[0] == '*') {
        return true;
    }
    return length >= wanted && strncasecmp(wish, language, wanted) == 0 &&
           (length == wanted || strchr("-; \t", wish[wanted]) != NULL);
}

/* How much it is wanted, 0 to 1; 1 when the wish does not say. */
static double weight_of(const char *wish, size_t length)
{
    static const char name[] = "q=";
    for (size_t i = 0; i + 2 < length; i++) {
        if (wish[i] == ';') {
            i += 1 + strspn(&wish[i + 1], " \t");
            return i + 2 < length && strncasecmp(&wish[i], name, 2) == 0 ? strtod(&wish[i + 2], NULL) : 0;
        }
    }
    return 1;
}

size_t accept_language_choose(const char *header, size_t count, const char *const languages[])
{
    size_t chosen = 0;
    double most = 0;
    for (int wish = 0; header != NULL && *header != '\0' && wish < WISHES_MAX; wish++) {
        header += strspn(header, " \t");
        size_t length = strcspn(header, ",");
        for (size_t i = 0; i < count; i++) {
            double weight = is_for(header, length, languages[i]) ? weight_of(header, length) : 0;
            if (weight > most && weight <= 1) {
                most = weight;
                chosen = i;
            }
        }
        header += length + (header[length] == ',' ? 1 : 0);
    }
    return chosen;
}
