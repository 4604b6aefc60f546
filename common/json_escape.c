/* json_escape.c: the escapes of a JSON string. */
#include "common/json_escape.h"
#include <string.h>

size_t json_escape(unsigned char character, char ret_escape[static JSON_ESCAPE_MAX])
{
    static const char hex[] = "0123456789abcdef";
    static const char start[] = {'\\', 'u', '0', '0'};
    if (character == '"' || character == '\\') {
        ret_escape[0] = '\\';
        ret_escape[1] = (char)character;
        return 2;
    }
    if (character >= 0x20 && character != 0x7f) {
        return 0;
    }
    memcpy(ret_escape, start, sizeof(start));
    ret_escape[4] = hex[character >> 4];
    ret_escape[5] = hex[character & 0xf];
    return JSON_ESCAPE_MAX;
}
