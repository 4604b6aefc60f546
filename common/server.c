/* server.c: the loop of the thread that reads, the threads that take turns at it, and the drain. */
#include "common/server.h"
#include "common/clock.h"
#include "common/connection.h"
#include "common/log.h"
#include "common/turn.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    DRAIN_SECONDS = 30,       /* a request that runs longer is abandoned with the process */
    DRAIN_SILENT_US = 500000, /* how long a kept connection may stay silent during the drain */
    DRAIN_STEP_MS = 50,       /* between two looks at them */
    ACCEPT_BACKOFF_MS = 20,   /* after EMFILE and the like */
    ACCEPTS_AT_ONCE = 16,
    EVENTS_AT_ONCE = 64,
    LOOKS_MAX = 8, /* how often the set is asked for more to read before deferred work is done */
    THREAD_STACK_BYTES = 512 * 1024,
    HEAPS_MAX = 2, /* heaps of malloc: threads take turns, so more heaps would hold more free memory and save
                      no waiting */
    LARGE_BYTES =
        256 * 1024, /* allocations above this go back to the system when they are freed (mallopt(3)) */
    THREADS_MAX = 512,
    TASKS_MAX = 8,
};

/* What all threads of one server_run() share. */
struct service {
    const struct responder *responder;
    int stop_event; /* becomes readable when the drain begins, and stays so */

    struct turn turn; /* guards what follows */
    struct connection_set connections;
    struct epoll_event ready[EVENTS_AT_ONCE];
    size_t ready_next, ready_count;
    int looks;
    bool draining, drained;
    int64_t draining_since_us;
};

struct task_thread {
    const struct service *service;
    const struct background_task *task;
};

/* Takes what waits to be accepted. Returns false when nothing is left. */
static bool accept_some(struct service *service)
{
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        int fd = accept4(service->responder->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0 && connection_open(&service->connections, fd)) {
            continue;
        }
        if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return false;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM || errno == ENOSPC) {
            log_message(LOG_LEVEL_ERROR, "server.accept", "%s", strerror(errno));
            poll(NULL, 0, ACCEPT_BACKOFF_MS);
            break;
        }
    }
    return true;
}

static void watch(const struct service *service, int fd, void *mark)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = mark};
    if (epoll_ctl(service->connections.epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        log_message(LOG_LEVEL_ERROR, "server.epoll", "%s", strerror(errno));
        abort(); /* only when memory is exhausted; multiwatch starts a new process */
    }
}

/* During the drain, closes connections that stay silent. The service is drained when the last one is closed.
 */
static void drain_step(struct service *service)
{
    bool more = accept_some(service);
    if (clock_monotonic_us() - service->draining_since_us >= DRAIN_SILENT_US) {
        connection_end_silent(&service->connections, DRAIN_SILENT_US);
    }
    service->drained = !more && service->connections.count == 0;
}

static void handle(struct service *service, const struct epoll_event *event)
{
    if (event->data.ptr == &service->connections) {
        (void)accept_some(service);
    } else if (event->data.ptr == &service->stop_event) {
        service->draining = true;
        service->draining_since_us = clock_monotonic_us();
        (void)epoll_ctl(service->connections.epoll, EPOLL_CTL_DEL, service->stop_event, NULL);
    } else {
        connection_wake(&service->connections, event->data.ptr);
    }
}

/* False when nothing is ready. */
static bool look(struct service *service, int timeout_ms)
{
    int count = epoll_wait(service->connections.epoll, service->ready, EVENTS_AT_ONCE, timeout_ms);
    service->ready_next = 0;
    service->ready_count = count > 0 ? (size_t)count : 0;
    return count > 0;
}

/* Before deferred work is done, this lets other processes run, so that clients which are about to ask can do
 * so and share the work. It goes on as long as requests arrive. When no other process is ready to run, it
 * returns at once. */
static bool look_for_more(struct service *service)
{
    if (service->looks++ >= LOOKS_MAX) {
        return false;
    }
    sched_yield();
    return look(service, 0);
}

/* Waits for something to do, and then handles one event or does one piece of deferred work. */
static void read_on(struct service *service)
{
    if (service->ready_next < service->ready_count) {
        handle(service, &service->ready[service->ready_next++]);
    } else if (!turn_has_work(&service->turn)) {
        (void)look(service, service->draining ? DRAIN_STEP_MS : -1);
        if (service->draining) {
            drain_step(service);
        }
    } else if (!look_for_more(service)) {
        service->looks = 0;
        turn_do_work(&service->turn);
    }
}

/* One thread reads and runs what need not wait; before it waits, another one takes the reading over. So a
 * request is run by the thread that read it, and no thread is held by a connection (leader and followers;
 * Schmidt et al., Pattern-Oriented Software Architecture 2, 2000). */
static void *worker(void *argument)
{
    struct service *service = argument;
    for (;;) {
        turn_take(&service->turn);
        while (turn_is_mine() && !service->drained) {
            read_on(service);
        }
        if (turn_is_mine()) {
            turn_will_wait();
            return NULL;
        }
    }
}

static void *task_loop(void *argument)
{
    struct task_thread *thread = argument;
    struct pollfd stop = {.fd = thread->service->stop_event, .events = POLLIN};
    while (!turn_stopping()) {
        thread->task->run(thread->service->responder->context);
        if (poll(&stop, 1, thread->task->interval_ms) < 0 && errno != EINTR) {
            break;
        }
    }
    return NULL;
}

/* Starts all threads. When one cannot start, the process ends before it has served anything. */
static size_t start_threads(struct service *service, struct task_thread *tasks, pthread_t *threads)
{
    const struct responder *responder = service->responder;
    pthread_attr_t attributes;
    size_t started = 0;
    int error = pthread_attr_init(&attributes);
    assert(error == 0);
    error = pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
    for (int i = 0; i < responder->threads && error == 0; i++) {
        error = pthread_create(&threads[started], &attributes, worker, service);
        started += error == 0;
    }
    for (size_t i = 0; i < responder->task_count && error == 0; i++) {
        tasks[i] = (struct task_thread){.service = service, .task = &responder->tasks[i]};
        error = pthread_create(&threads[started], &attributes, task_loop, &tasks[i]);
        started += error == 0;
    }
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        log_message(LOG_LEVEL_ERROR, "server.threads", "Cannot start %d threads: %s", responder->threads,
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

/* SIGQUIT is one of them because Debian 12's multiwatch sends the signal whose number is one off the wanted
 * one. */
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

static void name_routes(const struct responder *responder)
{
    static const char *const methods[] = {[HTTP_GET] = "GET",
                                          [HTTP_POST] = "POST",
                                          [HTTP_PUT] = "PUT",
                                          [HTTP_DELETE] = "DELETE",
                                          [HTTP_PATCH] = "PATCH"};
    size_t index = 0;
    for (size_t i = 0; i < responder->table_count; i++) {
        const struct route_table *table = responder->tables[i];
        for (size_t j = 0; j < table->count; j++, index++) {
            metrics_route(responder->metrics, index, methods[table->routes[j].method],
                          table->routes[j].pattern);
        }
    }
}

/* False: the process was not started with a socket, or has no descriptors left. */
static bool open_service(struct service *service)
{
    int listen_fd = service->responder->listen_fd;
    service->stop_event = eventfd(0, EFD_CLOEXEC);
    service->connections.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (service->stop_event < 0 || service->connections.epoll < 0 || !is_listening_socket(listen_fd) ||
        fcntl(listen_fd, F_SETFL, O_NONBLOCK) != 0) {
        return false;
    }
    watch(service, listen_fd, &service->connections);
    watch(service, service->stop_event, &service->stop_event);
    turn_open(&service->turn);
    return true;
}

static void close_service(struct service *service)
{
    turn_close(&service->turn);
    close(service->connections.epoll);
    close(service->stop_event);
}

int server_run(const struct responder *responder)
{
    assert(responder->threads > 0 && responder->threads <= THREADS_MAX && responder->task_count <= TASKS_MAX);
    sigset_t signals;
    block_signals(&signals);
    (void)mallopt(M_ARENA_MAX, HEAPS_MAX);
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    turn_set_stopping(false);
    struct service service = {.responder = responder, .connections = {.responder = responder}};
    if (!open_service(&service)) {
        log_message(LOG_LEVEL_ERROR, "server.start",
                    "No FastCGI listening socket on descriptor %d: start it with spawn-fcgi",
                    responder->listen_fd);
        return EXIT_FAILURE;
    }
    if (responder->metrics != NULL) {
        name_routes(responder);
    }

    pthread_t threads[THREADS_MAX + TASKS_MAX];
    struct task_thread tasks[TASKS_MAX];
    size_t count = start_threads(&service, tasks, threads);
    (void)malloc_trim(0); /* what the start needed and nothing will need again */
    log_event(LOG_LEVEL_INFO, "server.start",
              json_pack("{s:i, s:i}", "threads", responder->threads, "pid", (int)getpid()));
    wait_for_signal(&signals);
    turn_set_stopping(true);
    eventfd_write(service.stop_event, 1);
    if (!join_threads(threads, count)) {
        log_message(LOG_LEVEL_ERROR, "server.drain", "Requests still running after %d s are abandoned",
                    DRAIN_SECONDS);
        _exit(EXIT_FAILURE); /* threads still use what the caller is about to free */
    }
    close_service(&service);
    log_message(LOG_LEVEL_INFO, "server.stop", "All requests have ended");
    return EXIT_SUCCESS;
}
