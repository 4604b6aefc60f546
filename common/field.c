/* field.c: reads JSON members and query parameters by their declarations. */
#include "common/field.h"

#include "common/field_text.h"
#include "common/identifier.h"
#include "common/unicode.h"
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIST_MAX = 1000,         /* of a list without a bound of its own */
    ELEMENT_CHARACTERS = 64, /* of a list, and of a zone's name */
    PRICE_ZONES_MAX = 200,
};
#define PRICE_MAX INT64_C(1000000000000)

/* What all checks of one input need. */
struct check {
    struct arena *arena;
    struct fault_list *faults;
    char *ret_struct;
};

static void *member_of(const struct check *check, const struct field *field)
{
    return check->ret_struct + field->offset;
}

static void store_text(const struct check *check, const struct field *field, const char *text)
{
    *(const char **)member_of(check, field) = arena_text(check->arena, text);
}

/* Faults unless `length` lies in the bounds; `unit` and `verb` make the sentence. True when it does. */
static bool check_length(const struct check *check, const struct field *field, size_t length,
                         const char *unit)
{
    bool unbounded = field->max == 0;
    if ((int64_t)length >= field->min && (unbounded || (int64_t)length <= field->max)) {
        return true;
    }
    if (unbounded) {
        fault_add(check->faults, field->name, "This must have at least %" PRId64 " %s.", field->min, unit);
    } else if (field->min == field->max) {
        fault_add(check->faults, field->name, "This must have exactly %" PRId64 " %s.", field->min, unit);
    } else if (field->min == 0) {
        fault_add(check->faults, field->name, "This must have at most %" PRId64 " %s.", field->max, unit);
    } else {
        fault_add(check->faults, field->name, "This must have %" PRId64 " to %" PRId64 " %s.", field->min,
                  field->max, unit);
    }
    return false;
}

/* The text of a JSON string without NUL and control characters; else a fault and NULL. */
static const char *printable_text(const struct check *check, const char *path, const json_t *value)
{
    const char *text = json_string_value(value);
    if (text == NULL) {
        fault_add(check->faults, path, "This must be a text.");
        return NULL;
    }
    if (strlen(text) != json_string_length(value) || !text_is_printable(text)) {
        fault_add(check->faults, path, "This must not contain control characters.");
        return NULL;
    }
    return text;
}

static char *lower_case(struct arena *arena, const char *text)
{
    char *copy = arena_text(arena, text);
    for (char *letter = copy; *letter != '\0'; letter++) {
        *letter = (char)tolower((unsigned char)*letter);
    }
    return copy;
}

static void check_text(const struct check *check, const struct field *field, const json_t *value)
{
    const char *text = printable_text(check, field->name, value);
    if (text != NULL && field->type == FIELD_LINE) {
        text = unicode_nfc(check->arena, text);
    }
    if (text == NULL || !check_length(check, field, text_characters(text), "characters")) {
        return;
    }
    const char *problem = text_problem(field, text, check->arena);
    if (problem != NULL) {
        fault_add(check->faults, field->name, "%s", problem);
        return;
    }
    store_text(check, field, field->type == FIELD_UUID ? lower_case(check->arena, text) : text);
}

static void check_integer(const struct check *check, const struct field *field, const json_t *value)
{
    int64_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < field->min || number > field->max) {
        fault_add(check->faults, field->name, "This must be a whole number from %" PRId64 " to %" PRId64 ".",
                  field->min, field->max);
        return;
    }
    *(int64_t *)member_of(check, field) = number;
}

static void check_boolean(const struct check *check, const struct field *field, const json_t *value)
{
    if (!json_is_boolean(value)) {
        fault_add(check->faults, field->name, "This must be true or false.");
        return;
    }
    *(bool *)member_of(check, field) = json_is_true(value);
}

/* An array whose length is allowed; else a fault. Longer ones are not looked at any further: that bounds the
 * work. */
static bool check_array(const struct check *check, const struct field *field, const json_t *value)
{
    if (!json_is_array(value)) {
        fault_add(check->faults, field->name, "This must be a list.");
        return false;
    }
    struct field bounded = *field;
    bounded.max = field->max > 0 ? field->max : LIST_MAX;
    return check_length(check, &bounded, json_array_size(value), "elements");
}

/* One element, in the form it is stored; else a fault and NULL. */
static const char *list_element(const struct check *check, const struct field *field, const char *path,
                                const json_t *value)
{
    const char *text = printable_text(check, path, value);
    if (text == NULL) {
        return NULL;
    }
    size_t length = text_characters(text);
    if (field->type == FIELD_UUID_LIST && !uuid_is_valid(text)) {
        fault_add(check->faults, path, "This must be a UUID.");
    } else if (field->type == FIELD_CHOICE_LIST && !text_is_choice(field->choices, text)) {
        fault_add(check->faults, path, "This must be one of: %s.",
                  text_choices(check->arena, field->choices));
    } else if (length < 1 || length > ELEMENT_CHARACTERS) {
        fault_add(check->faults, path, "This must have 1 to %d characters.", ELEMENT_CHARACTERS);
    } else {
        return field->type == FIELD_UUID_LIST ? lower_case(check->arena, text)
                                              : arena_text(check->arena, text);
    }
    return NULL;
}

static bool contains(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static void check_list(const struct check *check, const struct field *field, const json_t *value)
{
    if (!check_array(check, field, value)) {
        return;
    }
    size_t count = json_array_size(value);
    struct text_list list = {.items = arena_alloc(check->arena, count * sizeof(*list.items))};
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_printf(check->arena, "%s[%zu]", field->name, i);
        const char *text = list_element(check, field, path, json_array_get(value, i));
        if (text == NULL) {
            continue;
        }
        if (contains(&list, text)) {
            fault_add(check->faults, path, "This is in the list already.");
            continue;
        }
        list.items[list.count++] = text;
    }
    *(struct text_list *)member_of(check, field) = list;
}

static void check_prices(const struct check *check, const struct field *field, const json_t *value)
{
    if (!json_is_object(value) || json_object_size(value) > PRICE_ZONES_MAX) {
        fault_add(check->faults, field->name, "This must be an object of at most %d zones and their prices.",
                  PRICE_ZONES_MAX);
        return;
    }
    const char *zone = NULL;
    json_t *price = NULL;
    json_object_foreach((json_t *)value, zone, price)
    {
        const char *path = arena_printf(check->arena, "%s.%s", field->name, zone);
        size_t length = text_characters(zone);
        if (length < 1 || length > ELEMENT_CHARACTERS || !text_is_printable(zone)) {
            fault_add(check->faults, path, "A zone has a name of 1 to %d characters.", ELEMENT_CHARACTERS);
        }
        int64_t amount = json_integer_value(price);
        if (!json_is_integer(price) || amount < 0 || amount > PRICE_MAX) {
            fault_add(check->faults, path, "A price is a whole number from 0 to %" PRId64 ".", PRICE_MAX);
        }
    }
    *(const json_t **)member_of(check, field) = value;
}

static void check_values(const struct check *check, const struct field *field, const json_t *value)
{
    if (!check_array(check, field, value)) {
        return;
    }
    *(const json_t **)member_of(check, field) = value;
}

/* Checks one member and fills its place in the struct; `value` NULL: it is absent. */
static void check_field(const struct check *check, const struct field *field, const json_t *value)
{
    if (value == NULL || (json_is_null(value) && field->nullable)) {
        if (field->required) {
            fault_add(check->faults, field->name, "This is required.");
        }
        return;
    }
    if (field->present_offset != 0) {
        *(bool *)(check->ret_struct + field->present_offset) = true;
    }
    switch (field->type) {
    case FIELD_INTEGER:
        check_integer(check, field, value);
        break;
    case FIELD_BOOLEAN:
        check_boolean(check, field, value);
        break;
    case FIELD_TEXT_LIST:
    case FIELD_UUID_LIST:
    case FIELD_CHOICE_LIST:
        check_list(check, field, value);
        break;
    case FIELD_PRICES:
        check_prices(check, field, value);
        break;
    case FIELD_VALUES:
        check_values(check, field, value);
        break;
    default:
        check_text(check, field, value);
        break;
    }
}

static bool is_known(const struct field_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->count; i++) {
        if (strcmp(spec->fields[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool field_parse_json(const struct field_spec *spec, const json_t *body, struct arena *arena,
                      struct fault_list *faults, void *ret_struct)
{
    if (spec->allow_any_json) {
        return true;
    }
    size_t before = fault_count(faults);
    struct check check = {.arena = arena, .faults = faults, .ret_struct = ret_struct};
    memset(ret_struct, 0, spec->size);
    if (!json_is_object(body)) {
        fault_add(faults, "$", "The body must be a JSON object.");
        return false;
    }
    for (size_t i = 0; i < spec->count; i++) {
        check_field(&check, &spec->fields[i], json_object_get(body, spec->fields[i].name));
    }
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)body, name, value)
    {
        if (!is_known(spec, name)) {
            fault_add(faults, name, "This field is not known here.");
        }
    }
    return fault_count(faults) == before;
}

/* A list is written with commas in a query: `?status=paid,pending`. */
static json_t *query_list(const char *text)
{
    json_t *list = json_array();
    for (;;) {
        size_t length = strcspn(text, ",");
        json_t *element = json_stringn(text, length);
        json_array_append_new(list,
                              element != NULL ? element : json_null()); /* not UTF-8: refused as no text */
        if (text[length] == '\0') {
            return list;
        }
        text += length + 1;
    }
}

/* A decimal number as JSON, else the text itself, which the check of the field then refuses. */
static json_t *query_integer(const char *text)
{
    char *end = NULL;
    errno = 0;
    int64_t number = strtoll(text, &end, 10);
    bool whole = (isdigit((unsigned char)*text) || *text == '-') && *end == '\0' && errno == 0;
    return whole ? json_integer(number) : json_string(text);
}

static json_t *query_value(const struct field *field, const char *text)
{
    switch (field->type) {
    case FIELD_INTEGER:
        return query_integer(text);
    case FIELD_BOOLEAN:
        if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
            return json_boolean(*text == 't');
        }
        return json_string(text);
    case FIELD_TEXT_LIST:
    case FIELD_UUID_LIST:
    case FIELD_CHOICE_LIST:
        return query_list(text);
    default:
        assert(field->type != FIELD_PRICES && field->type != FIELD_VALUES);
        return json_string(text);
    }
}

bool field_parse_query(const struct field_spec *spec,
                       const char *(*value_of)(const char *name, void *context), void *context,
                       struct arena *arena, struct fault_list *faults, void *ret_struct)
{
    size_t before = fault_count(faults);
    struct check check = {.arena = arena, .faults = faults, .ret_struct = ret_struct};
    memset(ret_struct, 0, spec->size);
    for (size_t i = 0; i < spec->count; i++) {
        const struct field *field = &spec->fields[i];
        const char *text = value_of(field->name, context);
        if (text == NULL || *text == '\0') { /* a form sends empty fields too */
            check_field(&check, field, NULL);
            continue;
        }
        json_auto_t *value = query_value(field, text);
        if (value == NULL) {
            fault_add(faults, field->name, "This must be valid UTF-8.");
            continue;
        }
        check_field(&check, field, value);
    }
    return fault_count(faults) == before;
}
