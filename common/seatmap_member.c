/* seatmap_member.c: checks of one member of a template. */
#include "common/seatmap_member.h"

#include <stdio.h>
#include <string.h>

/* Coordinates are in seats: far more than any venue needs, few enough to draw. */
static const double coordinate_max = 100000.0;
static const double rotation_max = 360.0;

enum { NAME_SHOWN = 64 }; /* bytes of an unknown member's name that a path repeats */

void member_path(const char *parent, const char *name, char ret_path[static MEMBER_PATH_SIZE])
{
    size_t length = strlen(name);
    if (length > NAME_SHOWN) {
        length = NAME_SHOWN;
        while (length > 0 && ((unsigned char)name[length] & 0xC0u) == 0x80u) {
            length--; /* never within a UTF-8 sequence */
        }
    }
    snprintf(ret_path, MEMBER_PATH_SIZE, "%.128s%s%.*s", parent, *parent == '\0' ? "" : ".", (int)length,
             name);
}

static void add(struct fault_list *faults, const char *parent, const char *name, const char *message)
{
    char path[MEMBER_PATH_SIZE];
    member_path(parent, name, path);
    fault_add(faults, path, "%s", message);
}

void member_reject_unknown(const json_t *object, const char *parent, const char *const known[],
                           struct fault_list *faults)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)object, name, value)
    {
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], name) != 0) {
            i++;
        }
        if (known[i] == NULL) {
            add(faults, parent, name, "unknown member");
        }
    }
}

/* The member as text without NUL; NULL and a fault when it is something else. */
static const char *text_value(const json_t *object, const char *parent, const char *name, bool required,
                              struct fault_list *faults)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        if (required) {
            add(faults, parent, name, "is required");
        }
        return NULL;
    }
    const char *text = json_string_value(value);
    if (text == NULL || strlen(text) != json_string_length(value)) {
        add(faults, parent, name, "must be a text");
        return NULL;
    }
    return text;
}

static bool is_letter_or_digit(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9');
}

const char *member_slug(const json_t *object, const char *parent, const char *name, size_t max,
                        struct fault_list *faults)
{
    const char *text = text_value(object, parent, name, true, faults);
    if (text == NULL) {
        return NULL;
    }
    size_t length = 0;
    while (is_letter_or_digit(text[length]) || (length > 0 && (text[length] == '_' || text[length] == '-'))) {
        length++;
    }
    if (length == 0 || text[length] != '\0' || length > max) {
        char path[MEMBER_PATH_SIZE];
        member_path(parent, name, path);
        fault_add(faults, path, "must be 1 to %zu letters, digits, - and _, the first a letter or digit",
                  max);
        return NULL;
    }
    return text;
}

const char *member_text(const json_t *object, const char *parent, const char *name, size_t max, bool required,
                        struct fault_list *faults)
{
    const char *text = text_value(object, parent, name, required, faults);
    if (text == NULL) {
        return NULL;
    }
    size_t characters = 0;
    bool control = false;
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++) {
        characters += (*byte & 0xC0u) != 0x80u;
        control = control || *byte < 0x20 || *byte == 0x7F;
    }
    if (characters == 0 || characters > max || control) {
        char path[MEMBER_PATH_SIZE];
        member_path(parent, name, path);
        fault_add(faults, path, "must be 1 to %zu characters, none of them a control character", max);
        return NULL;
    }
    return text;
}

bool member_integer(const json_t *object, const char *parent, const char *name, int64_t min, int64_t max,
                    struct fault_list *faults, int64_t *ret_value)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        add(faults, parent, name, "is required");
        return false;
    }
    if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max) {
        char path[MEMBER_PATH_SIZE];
        member_path(parent, name, path);
        fault_add(faults, path, "must be an integer from %lld to %lld", (long long)min, (long long)max);
        return false;
    }
    *ret_value = json_integer_value(value);
    return true;
}

const json_t *member_array(const json_t *object, const char *parent, const char *name, size_t max,
                           struct fault_list *faults)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        add(faults, parent, name, "is required");
        return NULL;
    }
    if (!json_is_array(value) || json_array_size(value) == 0 || json_array_size(value) > max) {
        char path[MEMBER_PATH_SIZE];
        member_path(parent, name, path);
        fault_add(faults, path, "must be an array of 1 to %zu elements", max);
        return NULL;
    }
    return value;
}

/* An optional number with |value| <= max, and > 0 when it is a size. */
static void check_number(const json_t *object, const char *parent, const char *name, double max, bool size,
                         struct fault_list *faults)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        return;
    }
    const double number = json_number_value(value);
    if (!json_is_number(value) || number > max || number < (size ? 0.0 : -max) || (size && number <= 0.0)) {
        char path[MEMBER_PATH_SIZE];
        member_path(parent, name, path);
        fault_add(faults, path, "must be a number from %s%.0f to %.0f", size ? "above " : "",
                  size ? 0.0 : -max, max);
    }
}

static void check_required_numbers(const json_t *object, const char *parent, const char *const names[],
                                   double max, bool size, struct fault_list *faults)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (json_object_get(object, names[i]) == NULL) {
            add(faults, parent, names[i], "is required");
        }
        check_number(object, parent, names[i], max, size, faults);
    }
}

static void check_position(const json_t *object, const char *parent, struct fault_list *faults)
{
    static const char *const axes[] = {"x", "y", NULL};
    const json_t *position = json_object_get(object, "position");
    if (position == NULL) {
        return;
    }
    char path[MEMBER_PATH_SIZE];
    member_path(parent, "position", path);
    if (!json_is_object(position)) {
        fault_add(faults, path, "must be an object with x and y");
        return;
    }
    member_reject_unknown(position, path, axes, faults);
    check_required_numbers(position, path, axes, coordinate_max, false, faults);
}

void member_placement(const json_t *object, const char *parent, struct fault_list *faults)
{
    check_position(object, parent, faults);
    check_number(object, parent, "rotation", rotation_max, false, faults);
    check_number(object, parent, "curve", coordinate_max, false, faults);
}

void member_field(const json_t *template, const char *name, struct fault_list *faults)
{
    static const char *const known[] = {"position", "width", "height", "name", NULL};
    static const char *const sizes[] = {"width", "height", NULL};
    const json_t *field = json_object_get(template, name);
    if (field == NULL) {
        return;
    }
    if (!json_is_object(field)) {
        fault_add(faults, name, "must be an object with position, width and height");
        return;
    }
    member_reject_unknown(field, name, known, faults);
    if (json_object_get(field, "position") == NULL) {
        add(faults, name, "position", "is required");
    }
    check_position(field, name, faults);
    check_required_numbers(field, name, sizes, coordinate_max, true, faults);
    (void)member_text(field, name, "name", 100, false, faults);
}
