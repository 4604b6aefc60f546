/* fault.c: a list of faults, in the order in which they were found. */
#include "common/fault.h"

#include "common/memory.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_SIZE = 512 }; /* messages are sentences of ours; a longer one is cut */

struct fault {
    char *path;
    char *message;
};

struct fault_list {
    size_t count; /* added, kept or not */
    struct fault kept[FAULT_LIMIT];
};

struct fault_list *fault_list_new(void)
{
    return memory_new(1, sizeof(struct fault_list));
}

void fault_list_free(struct fault_list *list)
{
    if (list == NULL) {
        return;
    }
    for (size_t i = 0; i < list->count && i < FAULT_LIMIT; i++) {
        free(list->kept[i].path);
        free(list->kept[i].message);
    }
    free(list);
}

void fault_add(struct fault_list *list, const char *path, const char *message_format, ...)
{
    size_t index = list->count++;
    if (index >= FAULT_LIMIT) {
        return;
    }
    char message[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, message_format);
    vsnprintf(message, sizeof(message), message_format, arguments);
    va_end(arguments);
    list->kept[index] = (struct fault){.path = memory_text(path), .message = memory_text(message)};
}

size_t fault_count(const struct fault_list *list)
{
    return list->count;
}

static const struct fault *fault_at(const struct fault_list *list, size_t index)
{
    assert(index < list->count && index < FAULT_LIMIT);
    return &list->kept[index];
}

const char *fault_path(const struct fault_list *list, size_t index)
{
    return fault_at(list, index)->path;
}

const char *fault_message(const struct fault_list *list, size_t index)
{
    return fault_at(list, index)->message;
}

/* A JSON string of text that may have been cut in the middle of a character. */
static json_t *text_json(const char *text)
{
    size_t length = strlen(text);
    json_t *value = json_stringn(text, length);
    for (size_t cut = 1; value == NULL && cut <= 3 && cut <= length; cut++) {
        value = json_stringn(text, length - cut);
    }
    return value != NULL ? value : json_string("?");
}

json_t *fault_list_json(const struct fault_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count && i < FAULT_LIMIT; i++) {
        json_array_append_new(array, json_pack("{s:o, s:o}", "path", text_json(list->kept[i].path), "message",
                                               text_json(list->kept[i].message)));
    }
    return array;
}
