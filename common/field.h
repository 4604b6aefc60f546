/* field.h: declarative validation of JSON bodies and query strings: an array of (name → struct member,
 * rules).
 *
 * A responder declares what it takes; one call checks everything, reports all faults at once and fills the
 * struct. Members of optional fields that are absent keep the zero value; `present_offset` names a bool that
 * tells. */
#ifndef TICKETING_FIELD_H
#define TICKETING_FIELD_H

#include "common/fault.h"
#include "common/memory.h"
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    FIELD_TEXT,     /* const char *; UTF-8 without NUL or control characters other than \t \n \r; min/max in
                       characters; not only white space when min > 0 */
    FIELD_EMAIL,    /* const char *; one @, no spaces, a dot-less domain is allowed; at most 254 characters */
    FIELD_PASSWORD, /* const char *; like text but may be blank; at most 511 bytes, all that crypt(3) takes */
    FIELD_URL,      /* const char *; absolute http:// or https:// URL (RFC 3986, ASCII) without a user name */
    FIELD_UUID,     /* const char *; lower-cased */
    FIELD_SLUG,     /* const char *; [A-Za-z0-9][A-Za-z0-9_-]*, at most 64 characters */
    FIELD_TIME,     /* const char *; RFC 3339 date-time, handed to PostgreSQL as it is */
    FIELD_CURRENCY, /* const char *; three capital letters (ISO 4217) */
    FIELD_CHOICE,   /* const char *; one of `choices` */
    FIELD_INTEGER,  /* int64_t; min/max are its range */
    FIELD_BOOLEAN,  /* bool */
    FIELD_TEXT_LIST,   /* struct text_list; min/max are the list's length; elements 1 to 64 characters, no two
                          the same. A max of 0 means 1000 here */
    FIELD_UUID_LIST,   /* struct text_list of UUIDs; likewise */
    FIELD_CHOICE_LIST, /* struct text_list of `choices`; likewise */
    FIELD_PRICES,      /* json_t * (borrowed): object of zone → integer 0 … 10^12, at most 200 zones */
    FIELD_OBJECTS, /* json_t * (borrowed): array of objects, min/max are its length; checked further by the
                      handler */
};

struct text_list {
    size_t count;
    const char **items; /* in the order sent */
};

struct field {
    const char *name; /* as in JSON or the query string */
    enum field_type type;
    bool required;
    bool nullable;         /* JSON null counts as absent */
    int64_t min, max;      /* 0, 0: no bound of its own (FIELD_INTEGER always needs both) */
    size_t offset;         /* of the member */
    size_t present_offset; /* of a bool set when the field was given; 0: none (so the first member cannot be
                              one) */
    const char *const *choices; /* NULL-terminated */
};

struct field_spec {
    const struct field *fields;
    size_t count;
    size_t size;         /* of the struct filled */
    bool allow_any_json; /* the handler gets the parsed JSON only; `fields` is empty (seat maps) */
    size_t body_max;     /* bytes; 0: the default of 64 KiB */
    bool body_optional;  /* an empty body counts as {} and needs no Content-Type */
};

#define FIELD_SPEC(type, array)                                                                              \
    {                                                                                                        \
        .fields = (array), .count = ARRAY_LENGTH(array), .size = sizeof(type)                                \
    }

/* Fills `ret_struct` (of spec->size bytes, zeroed by the callee) from a JSON object. Strings are copied into
 * `arena`; borrowed json_t members live as long as `body`. Unknown members, wrong types and ranges each add a
 * fault; true when there was none. */
bool field_parse_json(const struct field_spec *spec, const json_t *body, struct arena *arena,
                      struct fault_list *faults, void *ret_struct) MUST_CHECK;

/* The same from decoded query parameters; unknown names are ignored and empty values count as absent. A list
 * is written with commas; FIELD_PRICES and FIELD_OBJECTS have no such form (assertion). `value_of(name,
 * context)` gives the text or NULL. */
bool field_parse_query(const struct field_spec *spec,
                       const char *(*value_of)(const char *name, void *context), void *context,
                       struct arena *arena, struct fault_list *faults, void *ret_struct) MUST_CHECK;

#endif
