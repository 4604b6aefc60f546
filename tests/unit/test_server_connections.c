/* What the web server's connections may do to a responder of four threads: be many, idle, slow or gone. Each
 * is asked on the wire, in records (FastCGI 1.0 §3.3). */
#include "common/clock.h"
#include "common/probe.h"
#include "common/router.h"
#include "tests/unit/server_wire.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

enum { CLIENTS = 40, LATER_MS = 300 };

static enum problem get_hello(struct request *request, struct response *response)
{
    (void)request;
    return response_json(response, 200, json_pack("{s:b}", "hello", 1));
}

static enum problem get_large(struct request *request, struct response *response)
{
    (void)request;
    CLEANUP(free) char *body = memory_new(LARGE_SIZE, 1);
    for (size_t i = 0; i < LARGE_SIZE; i++) {
        body[i] = (char)('a' + i % 23);
    }
    return response_bytes(response, 200, "text/plain", body, LARGE_SIZE);
}

static void *resume(void *argument)
{
    poll(NULL, 0, LATER_MS);
    response_resume(argument, get_hello(NULL, argument));
    return NULL;
}

/* Answered by a thread that is none of the server's. */
static enum problem get_later(struct request *request, struct response *response)
{
    (void)request;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, resume, response), 0);
    pthread_detach(thread);
    return PROBLEM_LATER;
}

static const struct route routes[] = {
    {.method = HTTP_GET, .pattern = "/hello", .auth = AUTH_NONE, .handler = get_hello},
    {.method = HTTP_GET, .pattern = "/large", .auth = AUTH_NONE, .handler = get_large},
    {.method = HTTP_GET, .pattern = "/later", .auth = AUTH_NONE, .handler = get_later},
};
static const struct route_table table = {routes, ARRAY_LENGTH(routes)};
static const struct route_table *const tables[] = {&table};

static int setup(void **state)
{
    return server_start(state, &(struct responder){.tables = tables, .table_count = 1});
}

static void expect_hello(int fd)
{
    expect_text(fd, "{\"hello\":true}");
}

static void expect_large(int fd)
{
    size_t length = 0;
    CLEANUP(free) char *text = read_answer(fd, &length);
    const char *body = strstr(text, "\r\n\r\n");
    assert_non_null(body);
    body += 4;
    assert_int_equal(length - (size_t)(body - text), LARGE_SIZE);
    for (size_t i = 0; i < LARGE_SIZE; i++) {
        if (body[i] != (char)('a' + i % 23)) {
            fail_msg("byte %zu is %d", i, body[i]);
        }
    }
}

static void expect_it_answers(const struct fixture *fixture)
{
    CLEANUP(free) char *body = NULL;
    size_t length = 0;
    assert_int_equal(probe_get(fixture->socket_path, "/hello", TIMEOUT_MS, &body, &length), 200);
}

static void clients_that_do_not_read_hold_no_thread(void **state)
{
    int fds[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = connect_to(*state);
        ask(fds[i], "/large");
    }
    expect_it_answers(*state);
    for (int i = 0; i < CLIENTS; i++) {
        expect_large(fds[i]);
        ask(fds[i], "/hello"); /* the connection is as good as new */
        expect_hello(fds[i]);
        close(fds[i]);
    }
}

static void half_a_request_holds_no_thread(void **state)
{
    unsigned char request[REQUEST_SIZE];
    size_t length = make_get(request, "/hello");
    int fds[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = connect_to(*state);
        send_bytes(fds[i], request, (size_t)i); /* none, the header only, some parameters … */
    }
    expect_it_answers(*state);
    for (int i = 0; i < CLIENTS; i++) {
        send_bytes(fds[i], request + i, length - (size_t)i);
        expect_hello(fds[i]);
        close(fds[i]);
    }
}

/* Ten times as many as threads, and all in about the time of one. */
static void an_answer_may_come_later(void **state)
{
    int fds[CLIENTS];
    int64_t began = clock_monotonic_us();
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = connect_to(*state);
        ask(fds[i], "/later");
    }
    expect_it_answers(*state);
    for (int i = 0; i < CLIENTS; i++) {
        expect_hello(fds[i]);
        close(fds[i]);
    }
    assert_true(clock_monotonic_us() - began < (int64_t)LATER_MS * 1000 * CLIENTS / 4);
}

static void whoever_is_gone_is_forgotten(void **state)
{
    static const char *const paths[] = {"/large", "/later", "/hello"};
    for (int i = 0; i < 10 * CLIENTS; i++) {
        int fd = connect_to(*state);
        ask(fd, paths[i % 3]);
        if (i % 2 == 0) { /* half of them in the middle of the answer, if there is any yet */
            struct pollfd wait = {.fd = fd, .events = POLLIN};
            poll(&wait, 1, 2);
        }
        close(fd);
        if (i % CLIENTS == 0) {
            expect_it_answers(*state);
        }
    }
    poll(NULL, 0, 2 * LATER_MS); /* the late answers find nobody */
    expect_it_answers(*state);
}

static void what_is_no_request_is_closed(void **state)
{
    unsigned char request[REQUEST_SIZE];
    size_t length = make_get(request, "/hello");
    char scrap[16];
    for (size_t i = 0; i < 2; i++) {
        int fd = connect_to(*state);
        request[i == 0 ? 0 : length - 7] = 77; /* the version; the type of the last record */
        send_bytes(fd, request, length);
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&wait, 1, TIMEOUT_MS), 1);
        ssize_t got = recv(fd, scrap, sizeof(scrap), 0);
        assert_true(got == 0 || (got < 0 && errno == ECONNRESET));
        close(fd);
        length = make_get(request, "/hello");
    }
    expect_it_answers(*state);
}

/* Those who wait for a late or a long answer get it, and those who only keep a connection do not hold the end
 * up. */
static void a_drain_waits_for_answers_only(void **state)
{
    struct fixture *fixture = *state;
    int idle = connect_to(fixture);
    int later = connect_to(fixture);
    int large = connect_to(fixture);
    ask(idle, "/hello");
    expect_hello(idle);
    ask(later, "/later");
    ask(large, "/large");
    poll(NULL, 0, LATER_MS / 4); /* the requests have been read */
    assert_int_equal(kill(fixture->pid, SIGTERM), 0);
    poll(NULL, 0, 1000);
    expect_hello(later);
    expect_large(large);
    int status = 0;
    assert_int_equal(waitpid(fixture->pid, &status, 0), fixture->pid);
    assert_int_equal(status, 0);
    fixture->pid = 0;
    char end = 0;
    assert_int_equal(recv(idle, &end, 1, 0), 0);
    close(idle);
    close(later);
    close(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(clients_that_do_not_read_hold_no_thread, setup, server_stop),
        cmocka_unit_test_setup_teardown(half_a_request_holds_no_thread, setup, server_stop),
        cmocka_unit_test_setup_teardown(an_answer_may_come_later, setup, server_stop),
        cmocka_unit_test_setup_teardown(whoever_is_gone_is_forgotten, setup, server_stop),
        cmocka_unit_test_setup_teardown(what_is_no_request_is_closed, setup, server_stop),
        cmocka_unit_test_setup_teardown(a_drain_waits_for_answers_only, setup, server_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
