#include "common/server.h"
#include "common/clock.h"
#include "common/exchange.h"
#include "common/log.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

enum {
    DRAIN_SECONDS = 30,     /* a request that runs longer is abandoned with the process */
    DRAIN_IDLE_MS = 500,    /* how long a kept connection may stay silent during the drain */
    ACCEPT_BACKOFF_MS = 20, /* after EMFILE and the like */
    THREAD_STACK_BYTES = 512 * 1024,
    THREADS_MAX = 512,
    TASKS_MAX = 8,
};

static atomic_bool stopping;

/* What all threads of one server_run() share. */
struct service {
    const struct server *server;
    int stop_event; /* becomes readable when the drain begins, and stays so */
};

struct task_thread {
    const struct service *service;
    const struct background_task *task;
};

bool server_stopping(void)
{
    return atomic_load(&stopping);
}

/* Reads the request to its end: what is left in the socket, be it only the empty record behind a body,
 * libfcgi would take for the next request's beginning, and close a connection that nginx keeps. Before the
 * answer, because nginx may send the next request as soon as it has that. */
static void read_to_the_end(FCGX_Stream *in)
{
    char scrap[4096];
    while (FCGX_GetStr(scrap, sizeof(scrap), in) == (int)sizeof(scrap)) {
    }
}

/* One request on an accepted connection. */
static void serve_one(const struct server *server, FCGX_Request *fcgi, struct arena *arena)
{
    struct request request;
    struct response response = {.request = &request};
    request_open(&request, server, arena, fcgi->envp);
    dispatch(&request, &response, fcgi->in);
    read_to_the_end(fcgi->in);
    response_send(&response, fcgi);
    response_close(&response);
    request_close(&request);
    FCGX_Finish_r(fcgi);
    arena_reset(arena);
}

/* Waits until a kept connection has its next request or its end. False: silent during the drain. */
static bool wait_kept(const struct service *service, int connection)
{
    struct pollfd fds[2] = {{.fd = connection, .events = POLLIN},
                            {.fd = service->stop_event, .events = POLLIN}};
    if (!server_stopping()) {
        while (poll(fds, 2, -1) < 0 && errno == EINTR) {
        }
        if (fds[0].revents != 0) {
            return true;
        }
    }
    return poll(fds, 1, DRAIN_IDLE_MS) > 0;
}

/* Waits for a new connection. During the drain it does not wait: false once the backlog is empty (accept says
 * EAGAIN). */
static void wait_new(int epoll)
{
    struct epoll_event event;
    while (epoll_wait(epoll, &event, 1, -1) < 0 && errno == EINTR) {
    }
}

/* Each worker waits in an epoll of its own: EPOLLEXCLUSIVE wakes one of them for a connection, not all. */
static int worker_epoll(const struct service *service)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event listen_event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    struct epoll_event stop_event = {.events = EPOLLIN};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, service->server->listen_fd, &listen_event) != 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, service->stop_event, &stop_event) != 0) {
        log_message(LOG_LEVEL_ERROR, "server.epoll", "%s", strerror(errno));
        abort(); /* a worker that cannot wait is of no use; multiwatch starts a new process */
    }
    return epoll;
}

/* Accept, serve, repeat. FCGX_Accept_r returns −errno for faults that pass (EAGAIN, EMFILE, EINTR): the
 * thread never leaves for them. */
static void *worker(void *argument)
{
    const struct service *service = argument;
    struct arena *arena = arena_new();
    int epoll = worker_epoll(service);
    FCGX_Request fcgi;
    FCGX_InitRequest(&fcgi, service->server->listen_fd, FCGI_FAIL_ACCEPT_ON_INTR);
    for (;;) {
        bool kept = fcgi.ipcFd >= 0;
        if (kept && !wait_kept(service, fcgi.ipcFd)) {
            break;
        }
        if (!kept && !server_stopping()) {
            wait_new(epoll);
        }
        int result = FCGX_Accept_r(&fcgi);
        if (result == 0) {
            serve_one(service->server, &fcgi, arena);
        } else if (result == -EMFILE || result == -ENFILE || result == -ENOBUFS || result == -ENOMEM) {
            log_message(LOG_LEVEL_ERROR, "server.accept", "%s", strerror(-result));
            poll(NULL, 0, ACCEPT_BACKOFF_MS);
        } else if (server_stopping() && !kept) {
            break; /* the backlog is empty */
        }
    }
    FCGX_Free(&fcgi, 1);
    close(epoll);
    arena_free(arena);
    return NULL;
}

static void *task_loop(void *argument)
{
    struct task_thread *thread = argument;
    struct pollfd stop = {.fd = thread->service->stop_event, .events = POLLIN};
    while (!server_stopping()) {
        thread->task->run(thread->service->server->context);
        if (poll(&stop, 1, thread->task->interval_ms) < 0 && errno != EINTR) {
            break;
        }
    }
    return NULL;
}

/* Starts every thread or none is needed: a failure here ends the process before it has served anything. */
static size_t start_threads(struct service *service, struct task_thread *tasks, pthread_t *threads)
{
    const struct server *server = service->server;
    pthread_attr_t attributes;
    size_t started = 0;
    int error = pthread_attr_init(&attributes);
    assert(error == 0);
    error = pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
    for (int i = 0; i < server->threads && error == 0; i++) {
        error = pthread_create(&threads[started], &attributes, worker, service);
        started += error == 0;
    }
    for (size_t i = 0; i < server->task_count && error == 0; i++) {
        tasks[i] = (struct task_thread){.service = service, .task = &server->tasks[i]};
        error = pthread_create(&threads[started], &attributes, task_loop, &tasks[i]);
        started += error == 0;
    }
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        log_message(LOG_LEVEL_ERROR, "server.threads", "Cannot start %d threads: %s", server->threads,
                    strerror(error));
        exit(EXIT_FAILURE);
    }
    return started;
}

static void wait_for_signal(const sigset_t *signals)
{
    int received = 0;
    while (sigwait(signals, &received) != 0) {
    }
    log_message(LOG_LEVEL_INFO, "server.drain", "%s received: no new connections", strsignal(received));
}

/* True when all threads ended before the deadline. */
static bool join_threads(const pthread_t *threads, size_t count)
{
    struct timespec deadline = {.tv_sec = clock_seconds() + DRAIN_SECONDS};
    for (size_t i = 0; i < count; i++) {
        if (pthread_timedjoin_np(threads[i], NULL, &deadline) != 0) {
            return false;
        }
    }
    return true;
}

/* SIGQUIT is in because Debian 12's multiwatch sends the signal before or after the one it was told to. */
static void block_signals(sigset_t *ret_signals)
{
    sigset_t ignored;
    sigemptyset(&ignored);
    sigaddset(&ignored, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &ignored, NULL);
    sigemptyset(ret_signals);
    sigaddset(ret_signals, SIGTERM);
    sigaddset(ret_signals, SIGINT);
    sigaddset(ret_signals, SIGQUIT);
    pthread_sigmask(SIG_BLOCK, ret_signals, NULL);
}

/* FastCGI 1.0 §2.2: the application is started with the listening socket on its descriptor. */
static bool is_listening_socket(int fd)
{
    int listening = 0;
    socklen_t size = sizeof(listening);
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening == 1;
}

static void name_routes(const struct server *server)
{
    static const char *const methods[] = {
        [HTTP_GET] = "GET", [HTTP_POST] = "POST", [HTTP_PUT] = "PUT", [HTTP_DELETE] = "DELETE"};
    for (size_t i = 0; i < server->route_count; i++) {
        metrics_route(server->metrics, i, methods[server->routes[i].method], server->routes[i].pattern);
    }
}

int server_run(const struct server *server)
{
    assert(server->threads > 0 && server->threads <= THREADS_MAX && server->task_count <= TASKS_MAX);
    sigset_t signals;
    block_signals(&signals);
    atomic_store(&stopping, false);
    struct service service = {.server = server, .stop_event = eventfd(0, EFD_CLOEXEC)};
    if (service.stop_event < 0 || !is_listening_socket(server->listen_fd) ||
        fcntl(server->listen_fd, F_SETFL, O_NONBLOCK) != 0 || FCGX_Init() != 0) {
        log_message(LOG_LEVEL_ERROR, "server.start",
                    "No FastCGI listening socket on descriptor %d: start it with spawn-fcgi",
                    server->listen_fd);
        return EXIT_FAILURE;
    }
    if (server->metrics != NULL) {
        name_routes(server);
    }
    signal(SIGPIPE, SIG_IGN); /* a vanished client shows as a write error */

    pthread_t threads[THREADS_MAX + TASKS_MAX];
    struct task_thread tasks[TASKS_MAX];
    size_t count = start_threads(&service, tasks, threads);
    log_event(LOG_LEVEL_INFO, "server.start",
              json_pack("{s:i, s:i}", "threads", server->threads, "pid", (int)getpid()));
    wait_for_signal(&signals);
    atomic_store(&stopping, true);
    eventfd_write(service.stop_event, 1);
    if (!join_threads(threads, count)) {
        log_message(LOG_LEVEL_ERROR, "server.drain", "Requests still running after %d s are abandoned",
                    DRAIN_SECONDS);
        _exit(EXIT_FAILURE); /* threads still use what the caller is about to free */
    }
    close(service.stop_event);
    log_message(LOG_LEVEL_INFO, "server.stop", "All requests have ended");
    return EXIT_SUCCESS;
}
