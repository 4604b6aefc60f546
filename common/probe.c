#include "common/probe.h"
#include "common/clock.h"
#include "common/memory.h"
#include "common/server.h"
#include <errno.h>
#include <fastcgi.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { REQUEST_ID = 1, ANSWER_MAX = PROBE_BODY_MAX + 4096 };

/* What has come of the responder's standard output. */
struct answer {
    char *text;
    size_t length;
    bool complete; /* FCGI_END_REQUEST was seen */
};

static int connect_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path)) {
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd); /* EAGAIN: the backlog is full, which is no answer either */
        fd = -1;
    }
    return fd;
}

/* Waits for `events`; false when the deadline has passed. */
static bool wait_until(int fd, short events, int64_t deadline_us)
{
    for (;;) {
        int64_t left = (deadline_us - clock_monotonic_us()) / 1000;
        struct pollfd entry = {.fd = fd, .events = events};
        if (left <= 0) {
            return false;
        }
        int ready = poll(&entry, 1, (int)left);
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return false;
        }
    }
}

static bool write_all(int fd, const unsigned char *data, size_t length, int64_t deadline_us)
{
    while (length > 0) {
        if (!wait_until(fd, POLLOUT, deadline_us)) {
            return false;
        }
        ssize_t written = send(fd, data, length, MSG_NOSIGNAL);
        if (written < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        }
        data += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static bool read_all(int fd, void *ret_data, size_t length, int64_t deadline_us)
{
    unsigned char *data = ret_data;
    while (length > 0) {
        if (!wait_until(fd, POLLIN, deadline_us)) {
            return false;
        }
        ssize_t got = recv(fd, data, length, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            return false;
        }
        data += got > 0 ? got : 0;
        length -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

static size_t put_record(unsigned char *out, int type, const void *content, size_t length)
{
    FCGI_Header header = {.version = FCGI_VERSION_1,
                          .type = (unsigned char)type,
                          .requestIdB0 = REQUEST_ID,
                          .contentLengthB1 = (unsigned char)(length >> 8),
                          .contentLengthB0 = (unsigned char)(length & 0xff)};
    memcpy(out, &header, sizeof(header));
    if (length > 0) {
        memcpy(out + sizeof(header), content, length);
    }
    return sizeof(header) + length;
}

/* FastCGI 1.0 §3.4: lengths below 128 take one byte; the texts follow without a NUL. */
// NOLINTBEGIN(bugprone-not-null-terminated-result)
static size_t put_param(unsigned char *out, const char *name, const char *value)
{
    size_t name_length = strlen(name);
    size_t value_length = strlen(value);
    out[0] = (unsigned char)name_length;
    out[1] = (unsigned char)value_length;
    memcpy(out + 2, name, name_length);
    memcpy(out + 2 + name_length, value, value_length);
    return 2 + name_length + value_length;
}
// NOLINTEND(bugprone-not-null-terminated-result)

static bool send_get(int fd, const char *path, int64_t deadline_us)
{
    unsigned char params[512];
    unsigned char message[1024];
    if (strlen(path) > 127) {
        return false;
    }
    size_t params_length = put_param(params, "REQUEST_METHOD", "GET");
    params_length += put_param(params + params_length, "PATH_INFO", path);
    params_length += put_param(params + params_length, "CONTENT_LENGTH", "0");
    FCGI_BeginRequestBody begin = {.roleB0 = FCGI_RESPONDER};
    size_t length = put_record(message, FCGI_BEGIN_REQUEST, &begin, sizeof(begin));
    length += put_record(message + length, FCGI_PARAMS, params, params_length);
    length += put_record(message + length, FCGI_PARAMS, NULL, 0);
    length += put_record(message + length, FCGI_STDIN, NULL, 0);
    return write_all(fd, message, length, deadline_us);
}

/* Reads one record; standard output is appended to the answer, all else is skipped. */
static bool read_record(int fd, struct answer *answer, int64_t deadline_us)
{
    FCGI_Header header;
    unsigned char padding[256];
    if (!read_all(fd, &header, sizeof(header), deadline_us)) {
        return false;
    }
    size_t length = (size_t)header.contentLengthB1 << 8 | header.contentLengthB0;
    if (answer->length + length > ANSWER_MAX) {
        return false;
    }
    if (!read_all(fd, answer->text + answer->length, length, deadline_us) ||
        !read_all(fd, padding, header.paddingLength, deadline_us)) {
        return false;
    }
    if (header.type == FCGI_STDOUT) {
        answer->length += length;
    }
    answer->complete = header.type == FCGI_END_REQUEST;
    return true;
}

/* Takes the status line and the body out of the CGI answer (RFC 3875 §6); -1 when it is none. */
static int split_answer(const struct answer *answer, char **ret_body, size_t *ret_length)
{
    const char *end = memmem(answer->text, answer->length, "\r\n\r\n", 4);
    static const char name[] = "Status: ";
    if (end == NULL || strncmp(answer->text, name, sizeof(name) - 1) != 0) {
        return -1;
    }
    int status = (int)strtol(answer->text + sizeof(name) - 1, NULL, 10);
    *ret_length = answer->length - (size_t)(end + 4 - answer->text);
    *ret_body = memory_new(*ret_length + 1, 1);
    memcpy(*ret_body, end + 4, *ret_length);
    return status;
}

int probe_get(const char *socket_path, const char *path, int timeout_ms, char **ret_body, size_t *ret_length)
{
    server_will_wait();
    int64_t deadline_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    CLEANUP(close) int fd = connect_unix(socket_path);
    if (fd < 0 || !send_get(fd, path, deadline_us)) {
        return -1;
    }
    CLEANUP(free) char *text = memory_new(ANSWER_MAX + 1, 1);
    struct answer answer = {.text = text};
    while (!answer.complete) {
        if (!read_record(fd, &answer, deadline_us)) {
            return -1;
        }
    }
    return split_answer(&answer, ret_body, ret_length);
}
