/* What a request with a body may look like on the wire: in pieces, large, or refused before it is there. */
#include "common/probe.h"
#include "common/router.h"
#include "tests/unit/server_wire.h"
#include <stdio.h>

enum {
    PUT_MAX = 8 << 20,
    RECORD_MAX = 32 * 1024, /* as nginx sends a large body */
};

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
    {.method = HTTP_GET, .pattern = "/hello", .auth = AUTH_NONE, .handler = post_length},
    {.method = HTTP_POST, .pattern = "/length", .auth = AUTH_NONE, .handler = post_length},
    {.method = HTTP_PUT, .pattern = "/put", .auth = AUTH_NONE, .body = &large_body, .handler = put_large},
    {.method = HTTP_PUT, .pattern = "/private", .auth = AUTH_USER, .body = &large_body, .handler = put_large},
};
static const struct route_table table = {routes, ARRAY_LENGTH(routes)};
static const struct route_table *const tables[] = {&table};

static int setup(void **state)
{
    return server_start(state, &(struct responder){.tables = tables, .table_count = 1});
}

static void expect_it_answers(const struct fixture *fixture)
{
    CLEANUP(free) char *body = NULL;
    size_t length = 0;
    assert_int_equal(probe_get(fixture->socket_path, "/hello", TIMEOUT_MS, &body, &length), 200);
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
        send_body(fd, PUT_MAX); /* a sender that does not listen goes on */
        assert_int_equal(recv(fd, head, 1, 0), 0);
        close(fd);
    }
    expect_it_answers(*state);
}

/* Resident memory of the responder in bytes (proc(5), statm). */
static size_t memory_of(const struct fixture *fixture)
{
    char path[64];
    char text[128];
    snprintf(path, sizeof(path), "/proc/%d/statm", (int)fixture->pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    const char *resident = strchr(text, ' ');
    assert_non_null(resident);
    return (size_t)strtoul(resident, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

/* All at once, and each has sent half of what it announced. */
static void refused_bodies_take_no_memory(void **state)
{
    enum { CLIENTS = 40, ALLOWED = CLIENTS * PUT_MAX / 8 };
    unsigned char head[REQUEST_SIZE];
    int fds[CLIENTS];
    expect_it_answers(*state);
    size_t before = memory_of(*state);
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = connect_to(*state);
        send_bytes(fds[i], head, make_head(head, "PUT", "/private", PUT_MAX));
        send_body(fds[i], PUT_MAX / 2);
    }
    for (int i = 0; i < CLIENTS; i++) {
        size_t length = 0;
        CLEANUP(free) char *text = read_answer(fds[i], &length);
        assert_non_null(strstr(text, "Status: 401"));
    }
    size_t after = memory_of(*state);
    if (after > before + ALLOWED) {
        fail_msg("%zu bytes before, %zu after", before, after);
    }
    for (int i = 0; i < CLIENTS; i++) {
        close(fds[i]);
    }
}

static void a_body_that_ends_halfway_is_forgotten(void **state)
{
    unsigned char head[REQUEST_SIZE];
    for (int i = 0; i < 10; i++) {
        int fd = connect_to(*state);
        send_bytes(fd, head, make_head(head, "PUT", "/put", PUT_MAX));
        send_body(fd, (size_t)i << 19);
        close(fd);
    }
    expect_it_answers(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_may_be_cut_at_every_byte, setup, server_stop),
        cmocka_unit_test_setup_teardown(a_body_of_8_mib_is_taken, setup, server_stop),
        cmocka_unit_test_setup_teardown(a_refused_head_does_not_wait_for_its_body, setup, server_stop),
        cmocka_unit_test_setup_teardown(refused_bodies_take_no_memory, setup, server_stop),
        cmocka_unit_test_setup_teardown(a_body_that_ends_halfway_is_forgotten, setup, server_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
