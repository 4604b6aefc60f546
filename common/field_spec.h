/* field_spec.h: what a responder declares of the members of a body or query string. */
#ifndef TICKETING_FIELD_SPEC_H
#define TICKETING_FIELD_SPEC_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    FIELD_TEXT,     /* const char *; UTF-8 without NUL or control characters other than \t \n \r; min/max in
                       characters; not only white space when min > 0 */
    FIELD_LINE,     /* const char *; like FIELD_TEXT, but one line of characters that are seen
                       (unicode_line_problem()); stored in NFC, in which min/max count */
    FIELD_EMAIL,    /* const char *, as it was typed; a dot-less domain is allowed (email_problem()) */
    FIELD_PASSWORD, /* const char *; like text but may be blank */
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
    FIELD_UUID_LIST,   /* struct text_list of UUIDs; min/max and no two the same, as above */
    FIELD_CHOICE_LIST, /* struct text_list of `choices`; min/max and no two the same, as above */
    FIELD_PRICES,      /* json_t * (borrowed): object of zone → integer 0 … 10^12, at most 200 zones */
    FIELD_VALUES, /* json_t * (borrowed): array of any values, min/max are its length; checked further by the
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
    bool lenient_text;  /* JSON with U+0000 and lone surrogates in its texts is taken, the latter as U+FFFD */
    size_t body_max;    /* bytes; 0: the default of 64 KiB */
    bool body_optional; /* an empty body counts as {} and needs no Content-Type */
};

#define FIELD_SPEC(type, array)                                                                              \
    {                                                                                                        \
        .fields = (array), .count = ARRAY_LENGTH(array), .size = sizeof(type)                                \
    }

#endif
