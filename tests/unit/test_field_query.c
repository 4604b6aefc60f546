/* Query parameters: the rules of JSON fields, applied to text. */
#include "common/field.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

static const char *const colours[] = {"red", "green", NULL};

struct sample {
    const char *title;
    int64_t number;
    bool flag;
    struct text_list list;
};

struct fixture {
    struct arena *arena;
    struct fault_list *faults;
    struct sample sample;
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
    fault_list_free(fixture->faults);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static void assert_fault(const struct fixture *fixture, size_t index, const char *path, const char *message)
{
    assert_true(fault_count(fixture->faults) > index);
    assert_string_equal(fault_path(fixture->faults, index), path);
    assert_string_equal(fault_message(fixture->faults, index), message);
}

/* A query string in miniature: "name=value" strings. */
static const char *query_value(const char *name, void *context)
{
    size_t length = strlen(name);
    for (const char *const *pair = context; *pair != NULL; pair++) {
        if (strncmp(*pair, name, length) == 0 && (*pair)[length] == '=') {
            return *pair + length + 1;
        }
    }
    return NULL;
}

static bool parse_query(struct fixture *fixture, const char **pairs)
{
    static const struct field fields[] = {
        {.name = "q", .type = FIELD_TEXT, .max = 10, .offset = offsetof(struct sample, title)},
        {.name = "limit",
         .type = FIELD_INTEGER,
         .min = 1,
         .max = 100,
         .offset = offsetof(struct sample, number)},
        {.name = "all", .type = FIELD_BOOLEAN, .offset = offsetof(struct sample, flag)},
        {.name = "colours",
         .type = FIELD_CHOICE_LIST,
         .offset = offsetof(struct sample, list),
         .choices = colours},
    };
    const struct field_spec spec = FIELD_SPEC(struct sample, fields);
    fault_list_free(fixture->faults);
    fixture->faults = fault_list_new();
    memset(&fixture->sample, 0xa5, sizeof(fixture->sample));
    return field_parse_query(&spec, query_value, pairs, fixture->arena, fixture->faults, &fixture->sample);
}

static void a_query_is_read_by_the_same_rules(void **state)
{
    struct fixture *fixture = *state;
    assert_true(parse_query(fixture, (const char *[]){"q=Mỹ Đình", "limit=50", "all=true",
                                                      "colours=green,red", "other=1", NULL}));
    assert_string_equal(fixture->sample.title, "Mỹ Đình");
    assert_int_equal(fixture->sample.number, 50);
    assert_true(fixture->sample.flag);
    assert_int_equal(fixture->sample.list.count, 2);
    assert_true(parse_query(fixture, (const char *[]){"q=", "limit=", "colours=", NULL}));
    assert_null(fixture->sample.title);
    assert_int_equal(fixture->sample.number, 0);
    assert_int_equal(fixture->sample.list.count, 0);
}

static void a_wrong_query_is_told_in_full(void **state)
{
    struct fixture *fixture = *state;
    assert_false(parse_query(
        fixture, (const char *[]){"q=much too long", "limit=101", "all=1", "colours=red,,blue", NULL}));
    assert_int_equal(fault_count(fixture->faults), 5);
    assert_fault(fixture, 3, "colours[1]", "This must be one of: red, green.");
    static const char *const limits[] = {"limit=0",  "limit=-1", "limit=ten", "limit=1x",
                                         "limit= 1", "limit=+1", "limit=1.0", "limit=99999999999999999999"};
    for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
        assert_false(parse_query(fixture, (const char *[]){limits[i], NULL}));
        assert_fault(fixture, 0, "limit", "This must be a whole number from 1 to 100.");
    }
    assert_false(parse_query(fixture, (const char *[]){"q=\xff", "colours=red,\xff", NULL}));
    assert_fault(fixture, 0, "q", "This must be valid UTF-8.");
    assert_fault(fixture, 1, "colours[1]", "This must be a text.");
    assert_false(parse_query(fixture, (const char *[]){"limit=\xff", NULL}));
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(a_query_is_read_by_the_same_rules),
        WITH_FIXTURE(a_wrong_query_is_told_in_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
