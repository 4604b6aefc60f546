/* A real server_run() in a child process, asked through its unix socket by probe_get(): built-in paths,
 * problems, drain. */
#include "common/probe.h"
#include "tests/unit/server_fixture.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

enum { SLOW_MS = 400, PROBE_MS = 1500 };

static bool ready = true;

static enum problem get_hello(struct request *request, struct response *response)
{
    const char *name = request_query_text(request, "name");
    response_etag(response, "v1");
    return response_json(response, 200,
                         json_pack("{s:s?, s:s}", "name", name, "requestId", request_id(request)));
}

static enum problem get_slow(struct request *request, struct response *response)
{
    (void)request;
    poll(NULL, 0, SLOW_MS);
    return response_json(response, 200, json_pack("{s:b}", "slow", 1));
}

static enum problem get_nothing(struct request *request, struct response *response)
{
    (void)request;
    (void)response;
    return PROBLEM_NONE;
}

static enum problem get_refusal(struct request *request, struct response *response)
{
    (void)request;
    response_problem_member(response, "seats", json_pack("[s]", "A1"));
    return response_problem(response, PROBLEM_SEATS_UNAVAILABLE, "Taken: %s.", "A1");
}

/* A responder that accepts nothing: connections wait in its backlog. */
static char hung_path[80];

static int listen_hung(void)
{
    char name[UUID_SIZE];
    uuid_new(name);
    snprintf(hung_path, sizeof(hung_path), "/tmp/%s.sock", name);
    return listen_on(hung_path);
}

static enum problem get_neighbour(struct request *request, struct response *response)
{
    (void)request;
    char *body = NULL;
    size_t length = 0;
    int status = probe_get(hung_path, "/-/ready", PROBE_MS, &body, &length);
    return response_json(response, 200, json_pack("{s:i}", "status", status));
}

static const struct route routes[] = {
    {.method = HTTP_GET, .pattern = "/neighbour", .auth = AUTH_NONE, .handler = get_neighbour},
    {.method = HTTP_GET, .pattern = "/hello", .auth = AUTH_NONE, .handler = get_hello},
    {.method = HTTP_GET, .pattern = "/slow", .auth = AUTH_NONE, .handler = get_slow},
    {.method = HTTP_GET, .pattern = "/nothing", .auth = AUTH_NONE, .handler = get_nothing},
    {.method = HTTP_GET, .pattern = "/refusal", .auth = AUTH_NONE, .handler = get_refusal},
    {.method = HTTP_GET, .pattern = "/private", .auth = AUTH_USER, .handler = get_hello},
    {.method = HTTP_POST, .pattern = "/post", .auth = AUTH_NONE, .handler = get_hello},
};
static const struct route_table table = {routes, ARRAY_LENGTH(routes)};
static const struct route_table *const tables[] = {&table};

static bool is_ready(void *context)
{
    return *(const bool *)context;
}

static int setup(void **state)
{
    return server_start(
        state, &(struct responder){.tables = tables, .table_count = 1, .context = &ready, .ready = is_ready});
}

static json_t *get(const struct fixture *fixture, const char *path, int wanted_status)
{
    CLEANUP(free) char *body = NULL;
    size_t length = 0;
    assert_int_equal(probe_get(fixture->socket_path, path, TIMEOUT_MS, &body, &length), wanted_status);
    json_t *json = json_loadb(body, length, 0, NULL);
    assert_non_null(json);
    return json;
}

static void assert_member(const json_t *object, const char *name, const char *value)
{
    assert_string_equal(json_string_value(json_object_get(object, name)), value);
}

static void a_handler_answers(void **state)
{
    json_t *body = get(*state, "/hello", 200);
    assert_true(json_is_null(json_object_get(body, "name")));
    assert_int_equal(json_string_length(json_object_get(body, "requestId")), 36);
    json_decref(body);
}

static void problems_have_their_members(void **state)
{
    json_t *body = get(*state, "/refusal", 409);
    assert_member(body, "code", "SEATS_UNAVAILABLE");
    assert_member(body, "detail", "Taken: A1.");
    assert_int_equal(json_integer_value(json_object_get(body, "status")), 409);
    assert_int_equal(json_array_size(json_object_get(body, "seats")), 1);
    json_decref(body);
}

static void refusals_come_from_the_loop(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *code;
    } cases[] = {{"/unknown", 404, "NOT_FOUND"},
                 {"/post", 405, "METHOD_NOT_ALLOWED"},
                 {"/private", 401, "UNAUTHORIZED"},
                 {"/nothing", 500, "INTERNAL"}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        json_t *body = get(*state, cases[i].path, cases[i].status);
        assert_member(body, "code", cases[i].code);
        json_decref(body);
    }
}

static void readiness_and_metrics_are_built_in(void **state)
{
    const struct fixture *fixture = *state;
    CLEANUP(free) char *text = NULL;
    size_t length = 0;
    json_decref(get(fixture, "/hello", 200));
    json_t *body = get(fixture, "/-/ready", 200);
    assert_member(body, "responder", "test");
    json_decref(body);
    assert_int_equal(probe_get(fixture->socket_path, "/-/metrics", TIMEOUT_MS, &text, &length), 200);
    assert_non_null(strstr(text, "/hello"));
}

static void a_running_request_ends_before_the_process_does(void **state)
{
    struct fixture *fixture = *state;
    int status = 0;
    pid_t killer = fork();
    assert_true(killer >= 0);
    if (killer == 0) {
        poll(NULL, 0, SLOW_MS / 4);
        _exit(kill(fixture->pid, SIGTERM) == 0 ? 0 : 1);
    }
    json_t *body = get(fixture, "/slow", 200);
    assert_true(json_is_true(json_object_get(body, "slow")));
    json_decref(body);
    assert_int_equal(waitpid(killer, &status, 0), killer);
    assert_int_equal(status, 0);
    assert_int_equal(waitpid(fixture->pid, &status, 0), fixture->pid);
    assert_int_equal(status, 0);
    fixture->pid = 0;
}

static void *ask_neighbour(void *argument)
{
    json_decref(get(argument, "/neighbour", 200));
    return NULL;
}

/* Neither the one who asks nor the requests beside it wait for longer than the time given. */
static void a_responder_that_hangs_is_no_answer(void **state)
{
    CLEANUP(close) int hung = listen_hung();
    assert_true(hung >= 0);
    char *body = NULL;
    size_t length = 0;
    assert_int_equal(probe_get(hung_path, "/-/ready", PROBE_MS / 10, &body, &length), -1);
    assert_null(body);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no process is left of the question */
    assert_int_equal(errno, ECHILD);

    assert_int_equal(setup(state), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, ask_neighbour, *state), 0);
    poll(NULL, 0, PROBE_MS / 5);
    json_decref(get(*state, "/hello", 200));
    assert_int_equal(pthread_tryjoin_np(thread, NULL), EBUSY);
    pthread_join(thread, NULL);
    assert_int_equal(server_stop(state), 0);
    unlink(hung_path);
}

static void nobody_listening_is_no_answer(void **state)
{
    (void)state;
    char *body = NULL;
    size_t length = 0;
    assert_int_equal(probe_get("/nonexistent/socket", "/-/ready", 100, &body, &length), -1);
    assert_null(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_handler_answers, setup, server_stop),
        cmocka_unit_test_setup_teardown(problems_have_their_members, setup, server_stop),
        cmocka_unit_test_setup_teardown(refusals_come_from_the_loop, setup, server_stop),
        cmocka_unit_test_setup_teardown(readiness_and_metrics_are_built_in, setup, server_stop),
        cmocka_unit_test_setup_teardown(a_running_request_ends_before_the_process_does, setup, server_stop),
        cmocka_unit_test(nobody_listening_is_no_answer),
        cmocka_unit_test(a_responder_that_hangs_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
