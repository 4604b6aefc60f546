/* What the web server's connections may do to a responder of four threads: be many, idle, slow or gone. Each
 * is asked on the wire, in records (FastCGI 1.0 §3.3). */
#include "common/clock.h"
#include "common/probe.h"
#include "tests/unit/server_fixture.h"
#include <errno.h>
#include <fastcgi.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

enum {
    CLIENTS = 40,
    LARGE_SIZE = 4 << 20,
    LATER_MS = 300,
    REQUEST_SIZE = 256,
    PUT_MAX = 8 << 20,
    RECORD_MAX = 32 * 1024, /* as nginx sends a large body */
};

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

/* How long the body is, as it was received. */
static enum problem post_length(struct request *request, struct response *response)
{
    size_t length = 0;
    const char *body = request_raw_body(request, &length);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(body[i], i % 2 == 0 ? '[' : ']');
    }
    return response_json(response, 200, json_pack("{s:I}", "length", (json_int_t)length));
}

static enum problem put_large(struct request *request, struct response *response)
{
    size_t length = 0;
    (void)request_raw_body(request, &length);
    return response_json(response, 200, json_pack("{s:I}", "length", (json_int_t)length));
}

static const struct field_spec large_body = {.body_max = PUT_MAX, .allow_any_json = true};

static const struct route routes[] = {
    {.method = HTTP_POST, .pattern = "/length", .auth = AUTH_NONE, .handler = post_length},
    {.method = HTTP_PUT, .pattern = "/put", .auth = AUTH_NONE, .body = &large_body, .handler = put_large},
    {.method = HTTP_PUT, .pattern = "/private", .auth = AUTH_USER, .body = &large_body, .handler = put_large},
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

static size_t put_record(unsigned char *at, int type, const void *content, size_t length)
{
    const FCGI_Header header = {.version = FCGI_VERSION_1,
                                .type = (unsigned char)type,
                                .requestIdB0 = 1,
                                .contentLengthB1 = (unsigned char)(length >> 8),
                                .contentLengthB0 = (unsigned char)length};
    memcpy(at, &header, sizeof(header));
    if (length > 0) {
        memcpy(at + sizeof(header), content, length);
    }
    return sizeof(header) + length;
}

/* A GET on a connection that is to be kept. */
static size_t make_get(unsigned char request[static REQUEST_SIZE], const char *path)
{
    char params[128];
    const FCGI_BeginRequestBody begin = {.roleB0 = FCGI_RESPONDER, .flags = FCGI_KEEP_CONN};
    int length = snprintf(params, sizeof(params), "%c%cREQUEST_METHODGET%c%cPATH_INFO%s", 14, 3, 9,
                          (int)strlen(path), path);
    size_t size = put_record(request, FCGI_BEGIN_REQUEST, &begin, sizeof(begin));
    size += put_record(request + size, FCGI_PARAMS, params, (size_t)length);
    size += put_record(request + size, FCGI_PARAMS, NULL, 0);
    return size + put_record(request + size, FCGI_STDIN, NULL, 0);
}

/* The head of a request with a body: `declared` is its CONTENT_LENGTH. */
static size_t make_head(unsigned char request[static REQUEST_SIZE], const char *method, const char *path,
                        size_t declared)
{
    char params[128];
    char number[24];
    const FCGI_BeginRequestBody begin = {.roleB0 = FCGI_RESPONDER, .flags = FCGI_KEEP_CONN};
    snprintf(number, sizeof(number), "%zu", declared);
    int length = snprintf(params, sizeof(params),
                          "%c%cREQUEST_METHOD%s%c%cPATH_INFO%s%c%cCONTENT_LENGTH%s%c%cCONTENT_TYPE%s", 14,
                          (int)strlen(method), method, 9, (int)strlen(path), path, 14, (int)strlen(number),
                          number, 12, 16, "application/json");
    size_t size = put_record(request, FCGI_BEGIN_REQUEST, &begin, sizeof(begin));
    size += put_record(request + size, FCGI_PARAMS, params, (size_t)length);
    return size + put_record(request + size, FCGI_PARAMS, NULL, 0);
}

static int connect_to(const struct fixture *fixture)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", fixture->socket_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void send_bytes(int fd, const unsigned char *bytes, size_t length)
{
    assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), length);
}

static void ask(int fd, const char *path)
{
    unsigned char request[REQUEST_SIZE];
    size_t length = make_get(request, path);
    send_bytes(fd, request, length);
}

static void read_bytes(int fd, void *ret_bytes, size_t length)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    for (size_t done = 0; done < length;) {
        assert_int_equal(poll(&wait, 1, TIMEOUT_MS), 1);
        ssize_t got = recv(fd, (char *)ret_bytes + done, length - done, 0);
        assert_true(got > 0);
        done += (size_t)got;
    }
}

/* Reads one answer up to its end; the caller frees it. */
static char *read_answer(int fd, size_t *ret_length)
{
    char *text = memory_new(LARGE_SIZE + 4096, 1);
    FCGI_Header header = {0};
    for (*ret_length = 0; header.type != FCGI_END_REQUEST;) {
        read_bytes(fd, &header, sizeof(header));
        size_t length = (size_t)header.contentLengthB1 << 8 | header.contentLengthB0;
        assert_true(*ret_length + length < LARGE_SIZE + 4096);
        read_bytes(fd, text + *ret_length, length);
        char padding[UCHAR_MAX];
        read_bytes(fd, padding, header.paddingLength);
        *ret_length += header.type == FCGI_STDOUT ? length : 0;
    }
    text[*ret_length] = '\0';
    return text;
}

static void expect_text(int fd, const char *body)
{
    size_t length = 0;
    CLEANUP(free) char *text = read_answer(fd, &length);
    assert_non_null(strstr(text, "Status: 200"));
    assert_string_equal(strstr(text, "\r\n\r\n") + 4, body);
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

/* Whatever piece a request comes in, it is the same request. The body is spread over two records. */
static void a_request_may_be_cut_at_every_byte(void **state)
{
    unsigned char request[2 * REQUEST_SIZE];
    size_t length = make_head(request, "POST", "/length", 6);
    length += put_record(request + length, FCGI_STDIN, "[][]", 4);
    length += put_record(request + length, FCGI_STDIN, "[]", 2);
    length += put_record(request + length, FCGI_STDIN, NULL, 0);
    int fd = connect_to(*state);
    for (size_t cut = 1; cut < length; cut++) {
        send_bytes(fd, request, cut);
        poll(NULL, 0, 1); /* the responder has read the first part, most of the time */
        send_bytes(fd, request + cut, length - cut);
        expect_text(fd, "{\"length\":6}");
    }
    for (size_t i = 0; i < length; i++) { /* and byte by byte */
        send_bytes(fd, request + i, 1);
    }
    expect_text(fd, "{\"length\":6}");
    close(fd);
}

static void send_body(int fd, size_t length)
{
    static unsigned char record[sizeof(FCGI_Header) + RECORD_MAX];
    static char content[RECORD_MAX];
    memset(content, ' ', sizeof(content));
    for (size_t done = 0; done < length;) {
        size_t part = length - done < RECORD_MAX ? length - done : RECORD_MAX;
        content[0] = done == 0 ? '{' : ' ';
        content[part - 1] = done + part == length ? '}' : ' ';
        send_bytes(fd, record, put_record(record, FCGI_STDIN, content, part));
        done += part;
    }
    send_bytes(fd, record, put_record(record, FCGI_STDIN, NULL, 0));
}

static void a_body_of_8_mib_is_taken(void **state)
{
    unsigned char head[REQUEST_SIZE];
    int fd = connect_to(*state);
    for (int i = 0; i < 2; i++) { /* a second time on the kept connection */
        send_bytes(fd, head, make_head(head, "PUT", "/put", PUT_MAX));
        send_body(fd, PUT_MAX);
        expect_text(fd, "{\"length\":8388608}");
    }
    close(fd);
}

/* Whose head is refused is told before the body has come, and the body is dropped. */
static void a_refused_head_does_not_wait_for_its_body(void **state)
{
    static const struct {
        const char *method, *path;
        size_t declared;
        const char *status;
    } cases[] = {{"PUT", "/private", PUT_MAX, "Status: 401"},
                 {"PUT", "/put", PUT_MAX + 1, "Status: 413"},
                 {"PUT", "/nowhere", PUT_MAX, "Status: 404"},
                 {"PUT", "/hello", PUT_MAX, "Status: 405"}};
    unsigned char head[REQUEST_SIZE];
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int fd = connect_to(*state);
        send_bytes(fd, head, make_head(head, cases[i].method, cases[i].path, cases[i].declared));
        size_t length = 0;
        CLEANUP(free) char *text = read_answer(fd, &length);
        assert_non_null(strstr(text, cases[i].status));
        send_body(fd, PUT_MAX); /* somebody who does not listen goes on sending */
        assert_int_equal(recv(fd, head, 1, 0), 0);
        close(fd);
    }
    expect_it_answers(*state);
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
        cmocka_unit_test_setup_teardown(a_request_may_be_cut_at_every_byte, setup, server_stop),
        cmocka_unit_test_setup_teardown(a_body_of_8_mib_is_taken, setup, server_stop),
        cmocka_unit_test_setup_teardown(a_refused_head_does_not_wait_for_its_body, setup, server_stop),
        cmocka_unit_test_setup_teardown(an_answer_may_come_later, setup, server_stop),
        cmocka_unit_test_setup_teardown(whoever_is_gone_is_forgotten, setup, server_stop),
        cmocka_unit_test_setup_teardown(what_is_no_request_is_closed, setup, server_stop),
        cmocka_unit_test_setup_teardown(a_drain_waits_for_answers_only, setup, server_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
