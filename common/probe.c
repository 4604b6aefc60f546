/* probe.c: one GET to a responder, by cgi-fcgi(1). */
#include "common/probe.h"
#include "common/clock.h"
#include "common/memory.h"
#include "common/turn.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { ANSWER_MAX = PROBE_BODY_MAX + 4096, TEXT_SIZE = 512 };

/* Starts cgi-fcgi, which writes the answer as a CGI program would (RFC 3875 §6). Returns its process id, or
 * -1;
 * `*ret_output` is the caller's to close. The server's threads block signals; the program must not inherit
 * that. */
static pid_t start(const char *socket_path, const char *path, int *ret_output)
{
    char path_info[TEXT_SIZE];
    int length = snprintf(path_info, sizeof(path_info), "PATH_INFO=%s", path);
    int ends[2];
    if (length >= TEXT_SIZE || pipe2(ends, O_CLOEXEC) != 0) {
        return -1;
    }
    char *const arguments[] = {"cgi-fcgi", "-bind", "-connect", (char *)socket_path, NULL};
    char *const environment[] = {"REQUEST_METHOD=GET", "CONTENT_LENGTH=0", path_info, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    pid_t process = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    error = error != 0 ? error : posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    error = error != 0 ? error
                       : posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    error = error != 0 ? error
                       : posix_spawnp(&process, arguments[0], &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        return -1;
    }
    *ret_output = ends[0];
    return process;
}

/* Reads up to the end of the output. False: it did not come in time, or is too long. */
static bool read_output(int output, int64_t deadline_us, char *text, size_t *ret_length)
{
    for (*ret_length = 0; *ret_length < ANSWER_MAX;) {
        int64_t left_ms = (deadline_us - clock_monotonic_us()) / 1000;
        struct pollfd wait = {.fd = output, .events = POLLIN};
        int ready = left_ms > 0 ? poll(&wait, 1, (int)left_ms) : 0;
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        ssize_t got = ready > 0 ? read(output, text + *ret_length, ANSWER_MAX - *ret_length) : -1;
        if (got <= 0) {
            text[*ret_length] = '\0';
            return got == 0;
        }
        *ret_length += (size_t)got;
    }
    return false;
}

/* The process is killed when it has not ended by itself. */
static bool end(pid_t process, bool killed)
{
    int status = 0;
    if (killed) {
        kill(process, SIGKILL);
    }
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Splits "Status: 200 …\r\n…\r\n\r\nbody" and moves the body to the front. Returns the status or -1. */
static int take_body(char *text, size_t *length)
{
    const char *end_of_head = strstr(text, "\r\n\r\n");
    const char *status_line = strstr(text, "Status: ");
    if (end_of_head == NULL || (status_line != NULL && status_line > end_of_head)) {
        return -1;
    }
    /* RFC 3875 §6.3.3: without the line it is 200. */
    long status = status_line != NULL ? strtol(status_line + strlen("Status: "), NULL, 10) : 200;
    size_t head = (size_t)(end_of_head - text) + 4;
    *length -= head;
    memmove(text, text + head, *length + 1);
    return status >= 100 && status <= 599 ? (int)status : -1;
}

int probe_get(const char *socket_path, const char *path, int timeout_ms, char **ret_body, size_t *ret_length)
{
    turn_will_wait();
    int64_t deadline_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    CLEANUP(close) int output = -1;
    pid_t process = start(socket_path, path, &output);
    if (process < 0) {
        return -1;
    }
    CLEANUP(free) char *text = memory_new(ANSWER_MAX + 1, 1);
    size_t length = 0;
    bool whole = read_output(output, deadline_us, text, &length);
    bool well = end(process, !whole);
    int status = whole && well ? take_body(text, &length) : -1;
    if (status != -1) {
        *ret_length = length;
        *ret_body = text;
        text = NULL;
    }
    return status;
}
