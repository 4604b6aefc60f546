/* A real server_run() in a child process behind a unix socket, for the tests of the server. */
#ifndef TESTS_SERVER_FIXTURE_H
#define TESTS_SERVER_FIXTURE_H

#include "common/identifier.h"
#include "common/log.h"
#include "common/router.h"
#include "common/server.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

/* Long: nothing is measured by it, and a busy machine needs seconds for what another does at once. */
enum { TIMEOUT_MS = 30000 };

struct fixture {
    pid_t pid; /* 0: a test has seen it end */
    char socket_path[64];
};

static inline int listen_on(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 64), 0);
    return fd;
}

static inline _Noreturn void serve(int fd, struct responder server)
{
    log_open("test", LOG_LEVEL_ERROR);
    struct token_keys *keys = token_keys_open("0123456789abcdef0123456789abcdef", NULL, NULL);
    struct metrics *metrics = metrics_new("test", route_count(server.tables, server.table_count));
    server.name = "test";
    server.keys = keys;
    server.metrics = metrics;
    server.listen_fd = fd;
    server.threads = 4;
    int status = server_run(&server);
    token_keys_free(keys);
    metrics_free(metrics);
    exit(status);
}

/* A test's setup: starts the server with these routes. */
static inline int server_start(void **state, const struct responder *server)
{
    static struct fixture fixture;
    char name[UUID_SIZE];
    uuid_new(name);
    snprintf(fixture.socket_path, sizeof(fixture.socket_path), "/tmp/%s.sock", name);
    int fd = listen_on(fixture.socket_path);
    fixture.pid = fork();
    assert_true(fixture.pid >= 0);
    if (fixture.pid == 0) {
        serve(fd, *server);
    }
    close(fd);
    *state = &fixture;
    return 0;
}

/* A test's teardown: ends the child if the test has not, and checks that it drained. */
static inline int server_stop(void **state)
{
    struct fixture *fixture = *state;
    int status = 0;
    if (fixture->pid > 0) {
        kill(fixture->pid, SIGTERM);
        assert_int_equal(waitpid(fixture->pid, &status, 0), fixture->pid);
        assert_int_equal(status, 0);
    }
    unlink(fixture->socket_path);
    return 0;
}

#endif
