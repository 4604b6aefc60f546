/* Seat map templates: expansion, look-up, and every way to be wrong, named by its path. */
#include "common/seatmap.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SMALL                                                                                                \
    "{\"id\":\"m\",\"name\":\"M\",\"priceTiers\":{\"VIP\":5,\"A\":3},\"format\":\"ROW_NUM\",\"zones\":["     \
    "{\"id\":\"VIP\",\"rows\":[{\"id\":\"A\",\"from\":1,\"to\":3}]},"                                        \
    "{\"id\":\"A\",\"rows\":[{\"id\":\"B\",\"from\":9,\"to\":10}]}]}"

static struct seatmap *parse_text(const char *text, struct fault_list *faults)
{
    json_error_t error;
    json_auto_t *template = json_loads(text, 0, &error);
    if (template == NULL) {
        fail_msg("%s: %s", error.text, text);
    }
    return seatmap_parse(template, faults);
}

static struct seatmap *parse_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "seatmaps/%s.json", name);
    json_auto_t *template = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    struct seatmap *map = seatmap_parse(template, faults);
    if (map == NULL) {
        fail_msg("%s: %s: %s", path, fault_path(faults, 0), fault_message(faults, 0));
    }
    return map;
}

static void the_small_example_has_its_150_seats(void **state)
{
    (void)state;
    CLEANUP(seatmap_free) struct seatmap *map = parse_file("m1");
    assert_string_equal(seatmap_id(map), "m1");
    assert_string_equal(seatmap_name(map), "My Dinh Basic");
    assert_string_equal(seatmap_currency(map), "VND");
    assert_int_equal(seatmap_seat_count(map), 150);
    assert_int_equal(seatmap_zone_count(map), 3);
    assert_string_equal(seatmap_zone_id(map, 0), "VIP");
    assert_int_equal(seatmap_zone_price(map, 0), 1200000);
    assert_int_equal(seatmap_zone_price(map, 1), 800000);
    assert_int_equal(seatmap_zone_price(map, 2), 500000);
    const struct seat *last = seatmap_seat(map, 149);
    assert_string_equal(last->id, "F30");
    assert_string_equal(last->zone, "B");
    assert_string_equal(last->row, "F");
    assert_int_equal(last->number, 30);
    assert_int_equal(last->zone_index, 2);
    assert_string_equal(seatmap_seat(map, 20)->id, "B1");
}

static void assert_every_seat_is_found(const struct seatmap *map)
{
    for (size_t i = 0; i < seatmap_seat_count(map); i++) {
        assert_int_equal(seatmap_find(map, seatmap_seat(map, i)->id), i);
    }
}

static void the_shipped_venues_have_their_seats(void **state)
{
    (void)state;
    CLEANUP(seatmap_free) struct seatmap *theatre = parse_file("theatre");
    assert_in_range(seatmap_seat_count(theatre), 580, 620);
    assert_every_seat_is_found(theatre);
    CLEANUP(seatmap_free) struct seatmap *stadium = parse_file("stadium");
    assert_int_equal(seatmap_seat_count(stadium), 40192);
    assert_every_seat_is_found(stadium);
}

static void seats_are_found_by_id_only(void **state)
{
    (void)state;
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    CLEANUP(seatmap_free) struct seatmap *map = parse_text(SMALL, faults);
    assert_non_null(map);
    assert_null(seatmap_currency(map));
    assert_int_equal(seatmap_find(map, "A1"), 0);
    assert_int_equal(seatmap_find(map, "B9"), 3);
    assert_int_equal(seatmap_find(map, "B10"), 4);
    static const char *const unknown[] = {"", "A", "A0", "A4", "A01", "a1", "B1", "A1 ", "VIP-A-1"};
    for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++) {
        assert_int_equal(seatmap_find(map, unknown[i]), -1);
    }
    assert_string_equal(json_string_value(json_object_get(seatmap_template(map), "name")), "M");
}

static void rows_may_repeat_when_the_zone_is_in_the_id(void **state)
{
    (void)state;
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    CLEANUP(seatmap_free)
    struct seatmap *map = parse_text(
        "{\"id\":\"m\",\"name\":\"M\",\"currency\":\"EUR\",\"priceTiers\":{\"L\":0,\"R\":1},\"format\":"
        "\"ZONE_ROW_NUM\",\"zones\":["
        "{\"id\":\"L\",\"rows\":[{\"id\":\"A\",\"from\":1,\"to\":2},{\"id\":\"A\",\"from\":5,\"to\":5}]},"
        "{\"id\":\"R\",\"rows\":[{\"id\":\"A\",\"from\":1,\"to\":2}]}]}",
        faults);
    assert_non_null(map);
    assert_int_equal(seatmap_seat_count(map), 5);
    assert_int_equal(seatmap_find(map, "L-A-5"), 2);
    assert_int_equal(seatmap_find(map, "R-A-1"), 3);
}

/* A change to SMALL and the one fault it makes. */
struct wrong {
    const char *replace;
    const char *by;
    const char *path;
};

static const struct wrong wrongs[] = {
    {"\"id\":\"m\",", "", "id"},
    {"\"id\":\"m\"", "\"id\":\"-m\"", "id"},
    {"\"id\":\"m\"", "\"id\":\"m/../x\"", "id"},
    {"\"id\":\"m\"", "\"id\":7", "id"},
    {"\"name\":\"M\",", "", "name"},
    {"\"name\":\"M\"", "\"name\":\"\"", "name"},
    {"\"name\":\"M\"", "\"name\":\"a\\u0007\"", "name"},
    {"\"name\":\"M\"", "\"name\":null", "name"},
    {"\"name\":\"M\"", "\"name\":\"M\",\"currency\":\"vnd\"", "currency"},
    {"\"name\":\"M\"", "\"name\":\"M\",\"currency\":\"EURO\"", "currency"},
    {"\"name\":\"M\"", "\"name\":\"M\",\"colour\":1", "colour"},
    {"\"priceTiers\":{\"VIP\":5,\"A\":3},", "", "priceTiers"},
    {"{\"VIP\":5,\"A\":3}", "[5,3]", "priceTiers"},
    {"\"VIP\":5,", "", "priceTiers.VIP"},
    {"\"VIP\":5", "\"VIP\":-1", "priceTiers.VIP"},
    {"\"VIP\":5", "\"VIP\":1.5", "priceTiers.VIP"},
    {"\"VIP\":5", "\"VIP\":1000000000001", "priceTiers.VIP"},
    {"\"VIP\":5", "\"VIP\":5,\"X\":1", "priceTiers.X"},
    {",\"format\":\"ROW_NUM\"", "", "format"},
    {"ROW_NUM", "NUM", "format"},
    {"\"ROW_NUM\"", "1", "format"},
    {"{\"id\":\"VIP\",\"rows\":[{\"id\":\"A\",\"from\":1,\"to\":3}]}", "{\"id\":\"VIP\"}", "zones[0].rows"},
    {"[{\"id\":\"A\",\"from\":1,\"to\":3}]", "[]", "zones[0].rows"},
    {"[{\"id\":\"A\",\"from\":1,\"to\":3}]", "{}", "zones[0].rows"},
    {"[{\"id\":\"A\",\"from\":1,\"to\":3}]", "[1]", "zones[0].rows[0]"},
    {"\"id\":\"A\",\"from\":1", "\"from\":1", "zones[0].rows[0].id"},
    {"\"id\":\"A\",\"from\":1", "\"id\":\"A 1\",\"from\":1", "zones[0].rows[0].id"},
    {"\"id\":\"A\",\"from\":1", "\"id\":\"ABCDEFGHIJKLMNOPQRSTUVWXY\",\"from\":1", "zones[0].rows[0].id"},
    {"\"from\":1,", "", "zones[0].rows[0].from"},
    {"\"from\":1,", "\"from\":0,", "zones[0].rows[0].from"},
    {"\"from\":1,", "\"from\":\"1\",", "zones[0].rows[0].from"},
    {"\"from\":1,", "\"from\":4,", "zones[0].rows[0].to"},
    {",\"to\":3", "", "zones[0].rows[0].to"},
    {"\"to\":3", "\"to\":100000", "zones[0].rows[0].to"},
    {"\"to\":3", "\"to\":true", "zones[0].rows[0].to"},
    {"\"to\":3", "\"to\":3,\"seats\":3", "zones[0].rows[0].seats"},
    {"\"to\":3", "\"to\":3,\"curve\":\"x\"", "zones[0].rows[0].curve"},
    {"\"to\":3", "\"to\":3,\"rotation\":361", "zones[0].rows[0].rotation"},
    {"\"to\":3", "\"to\":3,\"position\":[1,2]", "zones[0].rows[0].position"},
    {"\"to\":3", "\"to\":3,\"position\":{\"x\":1}", "zones[0].rows[0].position.y"},
    {"\"to\":3", "\"to\":3,\"position\":{\"x\":1,\"y\":1e9}", "zones[0].rows[0].position.y"},
    {"\"to\":3", "\"to\":3,\"position\":{\"x\":1,\"y\":1,\"z\":1}", "zones[0].rows[0].position.z"},
    {"{\"id\":\"VIP\"", "{\"id\":\"VIP\",\"rotation\":null", "zones[0].rotation"},
    {"{\"id\":\"VIP\"", "{\"id\":\"VIP\",\"price\":1", "zones[0].price"},
    {"{\"id\":\"VIP\"", "{\"id\":\"VIP\",\"name\":\"\"", "zones[0].name"},
    {"\"id\":\"B\",\"from\":9", "\"id\":\"A\",\"from\":3", "zones[1].rows[0]"},
    {"\"name\":\"M\"", "\"name\":\"M\",\"stage\":1", "stage"},
    {"\"name\":\"M\"", "\"name\":\"M\",\"stage\":{\"position\":{\"x\":0,\"y\":0},\"width\":1}",
     "stage.height"},
    {"\"name\":\"M\"", "\"name\":\"M\",\"pitch\":{\"width\":1,\"height\":1}", "pitch.position"},
    {"\"name\":\"M\"", "\"name\":\"M\",\"pitch\":{\"position\":{\"x\":0,\"y\":0},\"width\":0,\"height\":1}",
     "pitch.width"},
};

static void replace_once(const char *text, const struct wrong *wrong, size_t size, char ret_text[])
{
    const char *place = strstr(text, wrong->replace);
    assert_non_null(place);
    snprintf(ret_text, size, "%.*s%s%s", (int)(place - text), text, wrong->by,
             place + strlen(wrong->replace));
}

static void each_fault_is_named_by_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(wrongs); i++) {
        char text[1024];
        replace_once(SMALL, &wrongs[i], sizeof text, text);
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        assert_null(parse_text(text, faults));
        if (fault_count(faults) != 1 || strcmp(fault_path(faults, 0), wrongs[i].path) != 0) {
            fail_msg("%s: %zu faults, the first at %s, expected %s", text, fault_count(faults),
                     fault_path(faults, 0), wrongs[i].path);
        }
    }
}

static void what_is_no_template_is_a_fault(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "[]", "{}", "[1]", "{\"zones\":1}", "{\"zones\":[]}", "{\"zones\":[1]}", "{\"zones\":[null,{}]}"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        assert_null(parse_text(texts[i], faults));
        assert_true(fault_count(faults) > 0);
    }
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    assert_null(seatmap_parse(NULL, faults));
    assert_string_equal(fault_path(faults, 0), "$");
}

static bool has_fault(const struct fault_list *faults, const char *path)
{
    for (size_t i = 0; i < fault_count(faults) && i < FAULT_LIMIT; i++) {
        if (strcmp(fault_path(faults, i), path) == 0) {
            return true;
        }
    }
    return false;
}

static void all_faults_are_listed_at_once(void **state)
{
    (void)state;
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    assert_null(parse_text(
        "{\"id\":\"\",\"name\":1,\"priceTiers\":{\"A\":-1,\"X\":1},\"format\":\"ROW_NUM\",\"zones\":["
        "{\"id\":\"A\",\"rows\":[{\"id\":\"A\",\"from\":1,\"to\":2},{\"id\":\"A\",\"from\":2,\"to\":4}]},"
        "{\"id\":\"A\",\"rows\":[{\"id\":\"C\",\"from\":5,\"to\":2}]},7]}",
        faults));
    static const char *const paths[] = {"id",          "name",     "priceTiers.A",        "priceTiers.X",
                                        "zones[1].id", "zones[2]", "zones[1].rows[0].to", "zones[0].rows[1]"};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        if (!has_fault(faults, paths[i])) {
            fail_msg("no fault at %s", paths[i]);
        }
    }
    assert_int_equal(fault_count(faults), ARRAY_LENGTH(paths));
}

/* A template with `zones` zones of `rows` rows of `seats` seats. */
static json_t *big_template(int zones, int rows, int seats)
{
    json_t *prices = json_object();
    json_t *list = json_array();
    for (int z = 0; z < zones; z++) {
        char id[16];
        snprintf(id, sizeof id, "Z%d", z);
        json_object_set_new(prices, id, json_integer(1));
        json_t *row_list = json_array();
        for (int r = 0; r < rows; r++) {
            json_array_append_new(
                row_list, json_pack("{s:o, s:i, s:i}", "id", json_sprintf("R%d", r), "from", 1, "to", seats));
        }
        json_array_append_new(list, json_pack("{s:s, s:o}", "id", id, "rows", row_list));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", "big", "name", "Big", "format", "ZONE_ROW_NUM",
                     "priceTiers", prices, "zones", list);
}

static void the_limits_hold_before_anything_is_expanded(void **state)
{
    (void)state;
    static const struct {
        int zones, rows, seats;
        bool fits;
    } cases[] = {
        {100, 10, 100, true},    /* exactly 100,000 seats */
        {1, 2, 50001, false},    /* 100,002 */
        {100, 50, 99999, false}, /* 500 million: would not fit in memory */
        {200, 25, 1, true},      /* exactly 5,000 rows */
        {200, 26, 1, false},     /* too many rows together */
        {201, 1, 1, false},      /* too many zones */
        {1, 5001, 1, false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        json_auto_t *template = big_template(cases[i].zones, cases[i].rows, cases[i].seats);
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        CLEANUP(seatmap_free) struct seatmap *map = seatmap_parse(template, faults);
        assert_int_equal(map != NULL, cases[i].fits);
        assert_int_equal(fault_count(faults) == 0, cases[i].fits);
        if (!cases[i].fits) {
            assert_true(has_fault(faults, "zones"));
        }
    }
}

static void long_and_foreign_names_do_not_break_paths(void **state)
{
    (void)state;
    json_auto_t *template = big_template(1, 1, 1);
    char name[300];
    memset(name, 'x', sizeof name);
    memcpy(name + 63, "\xe1\xba\xbf", 3); /* a letter of three bytes where the name is cut */
    name[sizeof name - 1] = '\0';
    json_object_set_new(template, name, json_true());
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    assert_null(seatmap_parse(template, faults));
    assert_int_equal(fault_count(faults), 1);
    assert_int_equal(strlen(fault_path(faults, 0)), 63);
    json_auto_t *list = fault_list_json(faults);
    assert_non_null(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_small_example_has_its_150_seats),
        cmocka_unit_test(the_shipped_venues_have_their_seats),
        cmocka_unit_test(seats_are_found_by_id_only),
        cmocka_unit_test(rows_may_repeat_when_the_zone_is_in_the_id),
        cmocka_unit_test(each_fault_is_named_by_its_path),
        cmocka_unit_test(what_is_no_template_is_a_fault),
        cmocka_unit_test(all_faults_are_listed_at_once),
        cmocka_unit_test(the_limits_hold_before_anything_is_expanded),
        cmocka_unit_test(long_and_foreign_names_do_not_break_paths),
    };
    return cmocka_run_group_tests_name("seatmap", tests, NULL, NULL);
}
