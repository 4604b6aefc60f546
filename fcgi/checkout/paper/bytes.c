/* bytes.c: bytes that grow. */
#include "fcgi/checkout/paper/bytes.h"
#include "common/memory.h"
#include <string.h>

enum { FIRST_CAPACITY = 8192 };

bool ticket_bytes_add(struct ticket_bytes *bytes, const void *data, size_t length)
{
    if (length > TICKET_BYTES_MAX - bytes->length) {
        return false;
    }
    if (bytes->length + length > bytes->capacity) {
        size_t capacity = bytes->capacity == 0 ? FIRST_CAPACITY : bytes->capacity;
        while (capacity < bytes->length + length) {
            capacity *= 2;
        }
        char *grown = memory_new(capacity, 1);
        if (bytes->length > 0) {
            memcpy(grown, bytes->data, bytes->length);
        }
        free(bytes->data);
        bytes->data = grown;
        bytes->capacity = capacity;
    }
    if (length > 0) {
        memcpy(bytes->data + bytes->length, data, length);
    }
    bytes->length += length;
    return true;
}
