/* The route table: which pattern fits which path, parameters, 405 and Allow. */
#include "common/router.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"

static enum problem answer(struct request *request, struct response *response)
{
    (void)request;
    (void)response;
    return PROBLEM_NONE;
}

static const struct route routes[] = {
    {.method = HTTP_GET, .pattern = "/events", .handler = answer},
    {.method = HTTP_POST, .pattern = "/events", .handler = answer},
    {.method = HTTP_GET, .pattern = "/events/:id", .handler = answer},
    {.method = HTTP_GET, .pattern = "/events/:id/shows", .handler = answer},
    {.method = HTTP_DELETE, .pattern = "/events/:id/shows/:show", .handler = answer},
    {.method = HTTP_PUT, .pattern = "/seatmaps/*slug", .handler = answer},
};
static const struct route_table table = {routes, ARRAY_LENGTH(routes)};

static struct route_match find(enum http_method method, const char *path)
{
    struct route_match match;
    route_find(&(const struct route_table *const){&table}, 1, method, path, &match);
    return match;
}

static void literal_paths_are_found(void **state)
{
    (void)state;
    assert_ptr_equal(find(HTTP_GET, "/events").route, &routes[0]);
    assert_ptr_equal(find(HTTP_POST, "/events").route, &routes[1]);
}

static void parameters_are_taken_in_lower_case(void **state)
{
    (void)state;
    struct route_match match = find(HTTP_DELETE, "/events/01890A5D-AC96-774B-BCCE-B302099A8057/shows/" ID);
    assert_ptr_equal(match.route, &routes[4]);
    assert_int_equal(match.param_count, 2);
    assert_string_equal(match.param_values[0], ID);
    assert_string_equal(match.param_values[1], ID);
    assert_memory_equal(match.param_names[0], "id/", 3);
    assert_string_equal(match.param_names[1], "show");
}

static void malformed_ids_are_unknown_paths(void **state)
{
    (void)state;
    static const char *const paths[] = {"/events/1",
                                        "/events/" ID "0",
                                        "/events/../" ID,
                                        "/events/" ID "/",
                                        "/events//shows",
                                        "/events/" ID "/shows/x",
                                        "/seatmaps/a%20b",
                                        "/seatmaps/",
                                        "/seatmaps/a b",
                                        "",
                                        "/",
                                        "events",
                                        "/events/",
                                        "//events",
                                        "/eventsx"};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        for (int method = HTTP_GET; method <= HTTP_OTHER; method++) {
            struct route_match match = find((enum http_method)method, paths[i]);
            assert_null(match.route);
            assert_false(match.path_known);
        }
    }
}

static void a_text_parameter_takes_one_plain_segment(void **state)
{
    (void)state;
    char path[128] = "/seatmaps/";
    assert_string_equal(find(HTTP_PUT, "/seatmaps/m1").param_values[0], "m1");
    memset(path + 10, 'a', ROUTE_SEGMENT_MAX);
    assert_non_null(find(HTTP_PUT, path).route);
    path[10 + ROUTE_SEGMENT_MAX] = 'a';
    assert_null(find(HTTP_PUT, path).route);
}

static void another_method_is_told_what_is_allowed(void **state)
{
    (void)state;
    struct route_match match = find(HTTP_DELETE, "/events");
    assert_null(match.route);
    assert_true(match.path_known);
    assert_string_equal(match.allow, "GET, HEAD, POST");
    assert_true(find(HTTP_OTHER, "/events/" ID).path_known);
}

static void roles_open_levels(void **state)
{
    (void)state;
    assert_true(route_admits(AUTH_USER, ROLE_USER));
    assert_false(route_admits(AUTH_STAFF, ROLE_USER));
    assert_true(route_admits(AUTH_STAFF, ROLE_STAFF));
    assert_true(route_admits(AUTH_STAFF, ROLE_ADMIN));
    assert_false(route_admits(AUTH_ADMIN, ROLE_USER | ROLE_STAFF));
    assert_true(route_admits(AUTH_ADMIN, ROLE_ADMIN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literal_paths_are_found),
        cmocka_unit_test(parameters_are_taken_in_lower_case),
        cmocka_unit_test(malformed_ids_are_unknown_paths),
        cmocka_unit_test(a_text_parameter_takes_one_plain_segment),
        cmocka_unit_test(another_method_is_told_what_is_allowed),
        cmocka_unit_test(roles_open_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
