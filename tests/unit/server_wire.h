/* The wire between the web server and a responder, record by record (FastCGI 1.0 §3.3), for tests of what a
 * connection may do. */
#ifndef TESTS_SERVER_WIRE_H
#define TESTS_SERVER_WIRE_H

#include "common/memory.h"
#include "tests/unit/server_fixture.h"
#include <fastcgi.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

enum { LARGE_SIZE = 4 << 20, REQUEST_SIZE = 256 };

static inline size_t put_record(unsigned char *at, int type, const void *content, size_t length)
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
static inline size_t make_get(unsigned char request[static REQUEST_SIZE], const char *path)
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
static inline size_t make_head(unsigned char request[static REQUEST_SIZE], const char *method,
                               const char *path, size_t declared)
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

static inline int connect_to(const struct fixture *fixture)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", fixture->socket_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static inline void send_bytes(int fd, const unsigned char *bytes, size_t length)
{
    assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), length);
}

static inline void ask(int fd, const char *path)
{
    unsigned char request[REQUEST_SIZE];
    size_t length = make_get(request, path);
    send_bytes(fd, request, length);
}

static inline void read_bytes(int fd, void *ret_bytes, size_t length)
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
static inline char *read_answer(int fd, size_t *ret_length)
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

static inline void expect_text(int fd, const char *body)
{
    size_t length = 0;
    CLEANUP(free) char *text = read_answer(fd, &length);
    assert_non_null(strstr(text, "Status: 200"));
    assert_string_equal(strstr(text, "\r\n\r\n") + 4, body);
}

#endif
