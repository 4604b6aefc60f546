/* fuzz_field.c: any JSON text, checked against a spec that has a field of every type.
 *
 * Beyond "no crash": when there is no fault, every rule that the spec states must hold for what was filled
 * in. */
#include "common/field.h"
#include "common/field_text.h"
#include <assert.h>
#include <stdbool.h>
#include <string.h>

struct sample {
    bool given;
    const char *text, *email, *password, *url, *uuid, *slug, *time, *currency, *choice;
    int64_t number;
    bool flag;
    struct text_list seats, ids, colours;
    const json_t *prices, *scans;
};

static const char *const colours[] = {"red", "green", NULL};

#define MEMBER(name) offsetof(struct sample, name)

static const struct field fields[] = {
    {.name = "text", .type = FIELD_TEXT, .required = true, .min = 1, .max = 20, .offset = MEMBER(text)},
    {.name = "email", .type = FIELD_EMAIL, .offset = MEMBER(email)},
    {.name = "password", .type = FIELD_PASSWORD, .min = 6, .max = 128, .offset = MEMBER(password)},
    {.name = "url", .type = FIELD_URL, .max = 2000, .offset = MEMBER(url)},
    {.name = "uuid", .type = FIELD_UUID, .offset = MEMBER(uuid)},
    {.name = "slug", .type = FIELD_SLUG, .offset = MEMBER(slug)},
    {.name = "time", .type = FIELD_TIME, .nullable = true, .offset = MEMBER(time)},
    {.name = "currency", .type = FIELD_CURRENCY, .offset = MEMBER(currency)},
    {.name = "choice", .type = FIELD_CHOICE, .choices = colours, .offset = MEMBER(choice)},
    {.name = "number", .type = FIELD_INTEGER, .min = -3, .max = 7, .offset = MEMBER(number)},
    {.name = "flag", .type = FIELD_BOOLEAN, .offset = MEMBER(flag), .present_offset = MEMBER(given)},
    {.name = "seats", .type = FIELD_TEXT_LIST, .min = 1, .max = 10, .offset = MEMBER(seats)},
    {.name = "ids", .type = FIELD_UUID_LIST, .offset = MEMBER(ids)},
    {.name = "colours", .type = FIELD_CHOICE_LIST, .choices = colours, .offset = MEMBER(colours)},
    {.name = "prices", .type = FIELD_PRICES, .offset = MEMBER(prices)},
    {.name = "scans", .type = FIELD_VALUES, .max = 50, .offset = MEMBER(scans)},
};

static void check_filled(const struct sample *sample)
{
    assert(sample->text != NULL && text_is_printable(sample->text));
    size_t length = text_characters(sample->text);
    assert(length >= 1 && length <= 20);
    assert(sample->email == NULL || strchr(sample->email, '@') == strrchr(sample->email, '@'));
    assert(sample->password == NULL || strlen(sample->password) <= 511);
    assert(sample->url == NULL || strpbrk(sample->url, " \r\n\"<>") == NULL);
    assert(sample->uuid == NULL || strspn(sample->uuid, "0123456789abcdef-") == 36);
    assert(sample->slug == NULL || (strlen(sample->slug) <= 64 && strpbrk(sample->slug, "/.") == NULL));
    assert(sample->number >= -3 && sample->number <= 7);
    assert(sample->seats.count <= 10);
    for (size_t i = 0; i < sample->seats.count; i++) {
        assert(text_is_printable(sample->seats.items[i]) && text_characters(sample->seats.items[i]) <= 64);
    }
    assert(sample->prices == NULL || json_object_size(sample->prices) <= 200);
    assert(sample->scans == NULL || json_array_size(sample->scans) <= 50);
}

static const char *query_value(const char *name, void *context)
{
    (void)name;
    return context;
}

static void fuzz_query(const char *text, struct arena *arena)
{
    enum { QUERY_FIELDS = 14 }; /* without the last two, which a query cannot have */
    const struct field_spec spec = {.fields = fields, .count = QUERY_FIELDS, .size = sizeof(struct sample)};
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct sample sample;
    if (field_parse_query(&spec, query_value, (void *)text, arena, faults, &sample)) {
        check_filled(&sample);
    }
    json_auto_t *json = fault_list_json(faults);
    assert(json_array_size(json) <= FAULT_LIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    char *text = arena_alloc(arena, size + 1);
    memcpy(text, data, size);
    fuzz_query(text, arena);

    json_auto_t *body =
        json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (body == NULL) {
        return 0;
    }
    const struct field_spec spec = FIELD_SPEC(struct sample, fields);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct sample sample;
    if (field_parse_json(&spec, body, arena, faults, &sample)) {
        assert(fault_count(faults) == 0);
        check_filled(&sample);
    } else {
        assert(fault_count(faults) > 0);
    }
    json_auto_t *json = fault_list_json(faults);
    assert(json_is_array(json));
    return 0;
}
