/* live_channel.c: speaks with the live nginx. */
#include "fcgi/events/live_channel.h"
#include "fcgi/events/text.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

enum { TIMEOUT_SECONDS = 1, ANSWER_MAX = 4096 };

/* -1 when nobody accepts. */
static int open_connection(const char *socket_path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(socket_path) >= sizeof(address.sun_path)) {
        return -1;
    }
    memcpy(address.sun_path, socket_path, strlen(socket_path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool send_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return false;
        }
        if (sent > 0) {
            data += sent;
            length -= (size_t)sent;
        }
    }
    return true;
}

/* Until the other side closes; more than fits is not looked at. */
static bool receive_all(int fd, char ret_answer[static ANSWER_MAX])
{
    size_t length = 0;
    while (length < ANSWER_MAX - 1) {
        ssize_t received = recv(fd, ret_answer + length, ANSWER_MAX - 1 - length, 0);
        if (received < 0 && errno != EINTR) {
            return false;
        }
        if (received == 0) {
            break;
        }
        length += received > 0 ? (size_t)received : 0;
    }
    ret_answer[length] = '\0';
    return true;
}

/* "HTTP/1.1 201 Created" */
static bool read_status(const char *answer, int *ret_status)
{
    if (strncmp(answer, "HTTP/1.", 7) != 0 || strlen(answer) < sizeof("HTTP/1.1 200") - 1) {
        return false;
    }
    *ret_status = (int)strtol(answer + 9, NULL, 10);
    return true;
}

static bool exchange(const char *socket_path, const struct text *request, int *ret_status,
                     char ret_answer[static ANSWER_MAX])
{
    CLEANUP(close) int fd = open_connection(socket_path);
    return fd >= 0 && send_all(fd, request->data, request->length) && receive_all(fd, ret_answer) &&
           read_status(ret_answer, ret_status);
}

/* nchan answers {"messages": 1, "requested": 0, "subscribers": 5, …}. */
static bool read_count(const char *answer, long *ret_listeners)
{
    const char *body = strstr(answer, "\r\n\r\n");
    json_auto_t *channel = body != NULL ? json_loads(body, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
    const json_t *subscribers = json_object_get(channel, "subscribers");
    if (!json_is_integer(subscribers)) {
        return false;
    }
    *ret_listeners = (long)json_integer_value(subscribers);
    return true;
}

static void add_request(struct text *text, const char *method, const char *show_id)
{
    text_add(text, method);
    text_add(text, " /shows/");
    text_add(text, show_id);
    text_add(text, " HTTP/1.1\r\nHost: live\r\nConnection: close\r\nAccept: application/json\r\n");
}

bool live_channel_publish(const char *socket_path, const char *show_id, const char *message, size_t length,
                          long *ret_listeners)
{
    struct text request TEXT_AUTO = {0};
    add_request(&request, "POST", show_id);
    text_add(&request, "Content-Type: application/json\r\nContent-Length: ");
    text_add_number(&request, (int64_t)length);
    text_add(&request, "\r\n\r\n");
    text_add_bytes(&request, message, length);
    char answer[ANSWER_MAX];
    int status = 0;
    return exchange(socket_path, &request, &status, answer) && status / 100 == 2 &&
           read_count(answer, ret_listeners);
}

bool live_channel_count(const char *socket_path, const char *show_id, long *ret_listeners)
{
    struct text request TEXT_AUTO = {0};
    add_request(&request, "GET", show_id);
    text_add(&request, "\r\n");
    char answer[ANSWER_MAX];
    int status = 0;
    if (!exchange(socket_path, &request, &status, answer)) {
        return false;
    }
    if (status == 404) {
        *ret_listeners = 0;
        return true;
    }
    return status / 100 == 2 && read_count(answer, ret_listeners);
}
