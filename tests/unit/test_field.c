/* Declarative validation: every type's edge, all faults at once, nothing of the value in a message. */
#include "common/field.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
#define UPPER_ID "01890A5D-AC96-774B-BCCE-B302099A8057"

static const char *const colours[] = {"red", "green", NULL};

struct sample {
    const char *title;
    const char *text; /* of whatever type the test says */
    int64_t number;
    bool flag;
    bool present;
    struct text_list list;
    const json_t *json;
};

struct fixture {
    struct arena *arena;
    struct fault_list *faults;
    struct sample sample;
    json_t *body; /* borrowed members point into it */
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(1, sizeof(*fixture));
    fixture->arena = arena_new();
    fixture->faults = fault_list_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    json_decref(fixture->body);
    fault_list_free(fixture->faults);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

/* Parses `text` (single quotes stand for double ones) by these fields. */
static bool parse(struct fixture *fixture, const struct field *fields, size_t count, const char *text)
{
    char *json = arena_text(fixture->arena, text);
    for (char *quote = json; (quote = strchr(quote, '\'')) != NULL;) {
        *quote = '"';
    }
    json_decref(fixture->body);
    fixture->body = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(fixture->body);
    fault_list_free(fixture->faults);
    fixture->faults = fault_list_new();
    const struct field_spec spec = {.fields = fields, .count = count, .size = sizeof(struct sample)};
    memset(&fixture->sample, 0xa5, sizeof(fixture->sample)); /* the callee must zero it */
    return field_parse_json(&spec, fixture->body, fixture->arena, fixture->faults, &fixture->sample);
}

static bool parse_one(struct fixture *fixture, const struct field *field, const char *text)
{
    return parse(fixture, field, 1, text);
}

static void assert_fault(const struct fixture *fixture, size_t index, const char *path, const char *message)
{
    assert_true(fault_count(fixture->faults) > index);
    assert_string_equal(fault_path(fixture->faults, index), path);
    assert_string_equal(fault_message(fixture->faults, index), message);
}

static void uuids_are_lower_cased(void **state)
{
    struct fixture *fixture = *state;
    const struct field field = {.name = "text", .type = FIELD_UUID, .offset = offsetof(struct sample, text)};
    assert_true(parse_one(fixture, &field, "{'text':'" UPPER_ID "'}"));
    assert_string_equal(fixture->sample.text, ID);
}

static void nul_and_control_characters_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct field field = {.name = "text", .type = FIELD_TEXT, .offset = offsetof(struct sample, text)};
    assert_false(parse_one(fixture, &field, "{'text':'nul\\u0000'}"));
    assert_fault(fixture, 0, "text", "This must not contain control characters.");
    field.type = FIELD_PASSWORD;
    assert_false(parse_one(fixture, &field, "{'text':'pass\\u0000word'}"));
    assert_false(parse_one(fixture, &field, "{'text':'escape\\u001b[31m'}"));
    assert_true(parse_one(fixture, &field, "{'text':'tab\\tline\\n'}"));
    assert_string_equal(fixture->sample.text, "tab\tline\n");
}

static void lines_are_kept_in_nfc(void **state)
{
    struct fixture *fixture = *state;
    const struct field field = {
        .name = "text", .type = FIELD_LINE, .min = 1, .max = 4, .offset = offsetof(struct sample, text)};
    assert_true(parse_one(fixture, &field, "{'text':'Kie\\u0302\\u0300u'}"));
    assert_string_equal(fixture->sample.text, "Kiều");
    assert_false(parse_one(fixture, &field, "{'text':'a\\u200bb'}"));
    assert_fault(fixture, 0, "text", "This is one line and must not contain the character U+200B.");
}

static void a_wrong_format_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct field field = {.name = "email", .type = FIELD_EMAIL, .offset = offsetof(struct sample, text)};
    assert_false(parse_one(fixture, &field, "{'email':'nobody'}"));
    assert_fault(fixture, 0, "email", "This must be an e-mail address of at most 254 characters.");
    assert_null(fixture->sample.text);
    assert_true(parse_one(fixture, &field, "{'email':'a@b'}"));
    assert_string_equal(fixture->sample.text, "a@b");
}

static void length_is_counted_in_characters(void **state)
{
    struct fixture *fixture = *state;
    const struct field field = {
        .name = "title", .type = FIELD_TEXT, .min = 2, .max = 4, .offset = offsetof(struct sample, title)};
    assert_true(parse_one(fixture, &field, "{'title':'🎫🎫🎫🎫'}"));
    assert_string_equal(fixture->sample.title, "🎫🎫🎫🎫");
    assert_false(parse_one(fixture, &field, "{'title':'🎫🎫🎫🎫🎫'}"));
    assert_fault(fixture, 0, "title", "This must have 2 to 4 characters.");
    assert_false(parse_one(fixture, &field, "{'title':'đ'}"));
    assert_false(parse_one(fixture, &field, "{'title':' \\n '}"));
    assert_fault(fixture, 0, "title", "This must not be blank.");
}

static void length_messages_fit_the_bounds(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        int64_t min, max;
        const char *body, *message;
    } cases[] = {
        {0, 2, "{'title':'abc'}", "This must have at most 2 characters."},
        {4, 0, "{'title':'abc'}", "This must have at least 4 characters."},
        {2, 2, "{'title':'abc'}", "This must have exactly 2 characters."},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct field field = {.name = "title",
                                    .type = FIELD_TEXT,
                                    .min = cases[i].min,
                                    .max = cases[i].max,
                                    .offset = offsetof(struct sample, title)};
        assert_false(parse_one(fixture, &field, cases[i].body));
        assert_fault(fixture, 0, "title", cases[i].message);
    }
}

static void passwords_may_be_blank_and_are_counted_in_characters(void **state)
{
    struct fixture *fixture = *state;
    const struct field field = {.name = "text",
                                .type = FIELD_PASSWORD,
                                .min = 6,
                                .max = 128,
                                .offset = offsetof(struct sample, text)};
    assert_true(parse_one(fixture, &field, "{'text':'      '}"));
    assert_false(parse_one(fixture, &field, "{'text':'short'}"));
    char emoji[4 * 128 + 1] = {0};
    for (size_t i = 0; i < 128; i++) {
        memcpy(emoji + 4 * i, "🎫", 4);
    }
    assert_true(parse_one(fixture, &field, arena_printf(fixture->arena, "{'text':'%s'}", emoji)));
    assert_false(parse_one(fixture, &field, arena_printf(fixture->arena, "{'text':'%s!'}", emoji)));
    assert_fault(fixture, 0, "text", "This must have 6 to 128 characters.");
}

static void wrong_types_are_told(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        enum field_type type;
        const char *message;
    } cases[] = {
        {FIELD_TEXT, "This must be a text."},
        {FIELD_UUID, "This must be a text."},
        {FIELD_INTEGER, "This must be a whole number from 1 to 5."},
        {FIELD_BOOLEAN, "This must be true or false."},
        {FIELD_TEXT_LIST, "This must be a list."},
        {FIELD_VALUES, "This must be a list."},
        {FIELD_PRICES, "This must be an object of at most 200 zones and their prices."},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct field field = {
            .name = "x", .type = cases[i].type, .min = 1, .max = 5, .offset = offsetof(struct sample, json)};
        static const char *const values[] = {"{'x':null}", "{'x':1.5}"};
        for (size_t j = 0; j < ARRAY_LENGTH(values); j++) {
            assert_false(parse_one(fixture, &field, values[j]));
            assert_int_equal(fault_count(fixture->faults), 1);
            assert_fault(fixture, 0, "x", cases[i].message);
        }
    }
}

static void integers_have_a_range(void **state)
{
    struct fixture *fixture = *state;
    const struct field field = {.name = "number",
                                .type = FIELD_INTEGER,
                                .min = -5,
                                .max = 5,
                                .offset = offsetof(struct sample, number)};
    assert_true(parse_one(fixture, &field, "{'number':-5}"));
    assert_int_equal(fixture->sample.number, -5);
    assert_true(parse_one(fixture, &field, "{'number':5}"));
    static const char *const wrong[] = {"6", "-6", "'5'", "5.0", "true", "9223372036854775807", "[]"};
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        assert_false(parse_one(fixture, &field, arena_printf(fixture->arena, "{'number':%s}", wrong[i])));
    }
}

static void absent_and_null(void **state)
{
    struct fixture *fixture = *state;
    struct field field = {.name = "flag",
                          .type = FIELD_BOOLEAN,
                          .offset = offsetof(struct sample, flag),
                          .present_offset = offsetof(struct sample, present)};
    assert_true(parse_one(fixture, &field, "{}"));
    assert_false(fixture->sample.present);
    assert_false(fixture->sample.flag);
    assert_true(parse_one(fixture, &field, "{'flag':false}"));
    assert_true(fixture->sample.present);
    assert_true(parse_one(fixture, &field, "{'flag':true}"));
    assert_true(fixture->sample.flag);
    assert_false(parse_one(fixture, &field, "{'flag':null}"));
    field.nullable = true;
    assert_true(parse_one(fixture, &field, "{'flag':null}"));
    assert_false(fixture->sample.present);
    field.required = true;
    assert_false(parse_one(fixture, &field, "{'flag':null}"));
    assert_fault(fixture, 0, "flag", "This is required.");
    assert_false(parse_one(fixture, &field, "{}"));
    assert_fault(fixture, 0, "flag", "This is required.");
}

static void all_faults_are_told_at_once(void **state)
{
    struct fixture *fixture = *state;
    static const struct field fields[] = {
        {.name = "title", .type = FIELD_TEXT, .required = true, .offset = offsetof(struct sample, title)},
        {.name = "number", .type = FIELD_INTEGER, .max = 3, .offset = offsetof(struct sample, number)},
        {.name = "flag", .type = FIELD_BOOLEAN, .offset = offsetof(struct sample, flag)},
    };
    assert_false(parse(fixture, fields, ARRAY_LENGTH(fields), "{'number':9,'flag':'yes','extra':1,'':2}"));
    assert_int_equal(fault_count(fixture->faults), 5);
    assert_fault(fixture, 0, "title", "This is required.");
    assert_fault(fixture, 1, "number", "This must be a whole number from 0 to 3.");
    assert_fault(fixture, 2, "flag", "This must be true or false.");
    assert_fault(fixture, 3, "extra", "This field is not known here.");
    assert_fault(fixture, 4, "", "This field is not known here.");
}

static void a_body_must_be_an_object(void **state)
{
    struct fixture *fixture = *state;
    static const char *const bodies[] = {"[]", "1", "'x'", "null", "true"};
    for (size_t i = 0; i < ARRAY_LENGTH(bodies); i++) {
        assert_false(parse(fixture, NULL, 0, bodies[i]));
        assert_int_equal(fault_count(fixture->faults), 1);
        assert_fault(fixture, 0, "$", "The body must be a JSON object.");
    }
    const struct field_spec any = {.allow_any_json = true};
    json_auto_t *array = json_array();
    assert_true(field_parse_json(&any, array, fixture->arena, fixture->faults, NULL));
}

static void lists_keep_their_order(void **state)
{
    struct fixture *fixture = *state;
    const struct field field = {.name = "seats",
                                .type = FIELD_TEXT_LIST,
                                .min = 1,
                                .max = 4,
                                .offset = offsetof(struct sample, list)};
    assert_true(parse_one(fixture, &field, "{'seats':['B2','A1','a1']}"));
    assert_int_equal(fixture->sample.list.count, 3);
    assert_string_equal(fixture->sample.list.items[0], "B2");
    assert_string_equal(fixture->sample.list.items[2], "a1");
    assert_false(parse_one(fixture, &field, "{'seats':[]}"));
    assert_fault(fixture, 0, "seats", "This must have 1 to 4 elements.");
    assert_false(parse_one(fixture, &field, "{'seats':['1','2','3','4',5]}"));
    assert_int_equal(fault_count(fixture->faults), 1); /* not looked at any further */
    assert_false(parse_one(fixture, &field, "{'seats':['A1',2,'A1','']}"));
    assert_int_equal(fault_count(fixture->faults), 3);
    assert_fault(fixture, 0, "seats[1]", "This must be a text.");
    assert_fault(fixture, 1, "seats[2]", "This is in the list already.");
    assert_fault(fixture, 2, "seats[3]", "This must have 1 to 64 characters.");
}

static void lists_of_ids_and_choices(void **state)
{
    struct fixture *fixture = *state;
    struct field field = {
        .name = "x", .type = FIELD_UUID_LIST, .offset = offsetof(struct sample, list), .choices = colours};
    assert_true(parse_one(fixture, &field, "{'x':['" UPPER_ID "']}"));
    assert_string_equal(fixture->sample.list.items[0], ID);
    assert_false(parse_one(fixture, &field, "{'x':['" UPPER_ID "','" ID "','1']}"));
    assert_fault(fixture, 0, "x[1]", "This is in the list already.");
    assert_fault(fixture, 1, "x[2]", "This must be a UUID.");
    field.type = FIELD_CHOICE_LIST;
    assert_true(parse_one(fixture, &field, "{'x':['green','red']}"));
    assert_true(parse_one(fixture, &field, "{'x':[]}"));
    assert_int_equal(fixture->sample.list.count, 0);
    assert_false(parse_one(fixture, &field, "{'x':['blue']}"));
    assert_fault(fixture, 0, "x[0]", "This must be one of: red, green.");
}

static void a_list_without_a_bound_is_bounded_all_the_same(void **state)
{
    struct fixture *fixture = *state;
    const struct field field = {
        .name = "x", .type = FIELD_TEXT_LIST, .offset = offsetof(struct sample, list)};
    const struct field_spec spec = {.fields = &field, .count = 1, .size = sizeof(struct sample)};
    json_auto_t *body = json_object();
    json_t *list = json_array();
    json_object_set_new(body, "x", list);
    for (int i = 0; i < 1000; i++) {
        json_array_append_new(list, json_sprintf("S%d", i));
    }
    assert_true(field_parse_json(&spec, body, fixture->arena, fixture->faults, &fixture->sample));
    assert_int_equal(fixture->sample.list.count, 1000);
    json_array_append_new(list, json_string("one more"));
    assert_false(field_parse_json(&spec, body, fixture->arena, fixture->faults, &fixture->sample));
    assert_fault(fixture, 0, "x", "This must have at most 1000 elements.");
}

static void prices(void **state)
{
    struct fixture *fixture = *state;
    const struct field field = {
        .name = "priceTiers", .type = FIELD_PRICES, .offset = offsetof(struct sample, json)};
    assert_true(
        parse_one(fixture, &field, "{'priceTiers':{'VIP':1200000,'Khu Đông':0,'MAX':1000000000000}}"));
    assert_ptr_equal(fixture->sample.json, json_object_get(fixture->body, "priceTiers"));
    assert_false(
        parse_one(fixture, &field, "{'priceTiers':{'A':-1,'B':1000000000001,'C':1.5,'D':'1','':1}}"));
    assert_int_equal(fault_count(fixture->faults), 5);
    assert_fault(fixture, 0, "priceTiers.A", "A price is a whole number from 0 to 1000000000000.");
    assert_fault(fixture, 4, "priceTiers.", "A zone has a name of 1 to 64 characters.");
}

static void values_of_any_kind(void **state)
{
    struct fixture *fixture = *state;
    const struct field field = {
        .name = "scans", .type = FIELD_VALUES, .min = 1, .max = 3, .offset = offsetof(struct sample, json)};
    assert_true(parse_one(fixture, &field, "{'scans':[{},{'a':1}]}"));
    assert_int_equal(json_array_size(fixture->sample.json), 2);
    assert_true(parse_one(fixture, &field, "{'scans':[{},1]}"));
    assert_false(parse_one(fixture, &field, "{'scans':[{},{},{},{}]}"));
    assert_false(parse_one(fixture, &field, "{'scans':{}}"));
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(uuids_are_lower_cased),
        WITH_FIXTURE(nul_and_control_characters_are_refused),
        WITH_FIXTURE(lines_are_kept_in_nfc),
        WITH_FIXTURE(a_wrong_format_is_told),
        WITH_FIXTURE(length_is_counted_in_characters),
        WITH_FIXTURE(length_messages_fit_the_bounds),
        WITH_FIXTURE(passwords_may_be_blank_and_are_counted_in_characters),
        WITH_FIXTURE(wrong_types_are_told),
        WITH_FIXTURE(integers_have_a_range),
        WITH_FIXTURE(absent_and_null),
        WITH_FIXTURE(all_faults_are_told_at_once),
        WITH_FIXTURE(a_body_must_be_an_object),
        WITH_FIXTURE(lists_keep_their_order),
        WITH_FIXTURE(lists_of_ids_and_choices),
        WITH_FIXTURE(a_list_without_a_bound_is_bounded_all_the_same),
        WITH_FIXTURE(prices),
        WITH_FIXTURE(values_of_any_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
