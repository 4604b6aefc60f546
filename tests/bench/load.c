/* load.c: an HTTP load client: one thread, epoll, kept-alive connections.
 *
 * Closed loop: each connection sends its next request as soon as it has its answer; measures the most that
 * the server does. It opens its connections one by one while the first ones are at work already: a burst of
 * them would be accepted by one nginx worker, and the others would idle. Fixed rate (--rate): request k is
 * due at start + k / rate whether or not earlier ones were answered, and its latency counts from then, so a
 * stall of the server shows in every request it delays (no coordinated omission). With --keep, holds that
 * were made are released again, the oldest first. */
#include "common/clock.h"
#include "common/memory.h"
#include "tests/bench/load_connection.h"
#include "tests/bench/load_options.h"
#include "tests/bench/load_report.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

enum { EVENTS_MAX = 256, GRACE_SECONDS = 10, MICROSECONDS = 1000000, STALLED_MS = 100, OPENING_MS = 2 };

struct held {
    char id[UUID_SIZE];
    long token;
};

struct load {
    const struct load_options *options;
    const struct request_list *list;
    struct connection *connections;
    struct connection **idle; /* a stack */
    size_t idle_count;
    size_t busy_count;
    size_t opened;     /* connections that were opened the first time */
    int64_t opened_us; /* when the last of these was */
    size_t next;       /* requests sent so far */
    struct held *held; /* a ring of held_capacity */
    size_t held_capacity, held_first, held_count;
    int epoll, timer;
    int64_t start_us, end_us; /* no request is due at or after the end */
    struct load_report report;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static bool connect_one(struct load *load, struct connection *connection)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    return connection_open(connection, load->options->port) &&
           epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event) == 0;
}

/* The first time, one after the other, OPENING_MS apart. */
static bool may_open(struct load *load, int64_t now)
{
    if (load->opened == (size_t)load->options->connections) {
        return true;
    }
    if (now - load->opened_us < OPENING_MS * 1000) {
        return false;
    }
    load->opened++;
    load->opened_us = now;
    return true;
}

static int64_t due_us(const struct load *load, size_t index)
{
    return load->start_us + (int64_t)((double)index * MICROSECONDS / load->options->rate);
}

static bool exhausted(const struct load *load)
{
    return load->options->once && load->next >= request_list_count(load->list);
}

static void send_text(struct load *load, struct connection *connection, const char *text, size_t length)
{
    load->busy_count++;
    if (!connection_send(connection, text, length)) {
        connection_close(connection); /* the loop sees no event for it: answer for it here */
        load->busy_count--;
        load->report.broken++;
        connection->busy = false;
    }
}

static void send_request(struct load *load, struct connection *connection, int64_t due)
{
    char text[REQUEST_SIZE];
    size_t index = load->next++ % request_list_count(load->list);
    size_t length = request_list_write(load->list, index, text, &connection->token);
    connection->releasing = false;
    connection->due_us = due;
    send_text(load, connection, text, length);
}

static void send_release(struct load *load, struct connection *connection)
{
    const struct held *oldest = &load->held[load->held_first];
    load->held_first = (load->held_first + 1) % load->held_capacity;
    load->held_count--;
    char text[REQUEST_SIZE];
    size_t length = request_list_write_release(load->list, oldest->token, oldest->id, text);
    connection->releasing = true;
    send_text(load, connection, text, length);
}

/* Gives the connection what is to be done next; false: nothing now. */
static bool give_work(struct load *load, struct connection *connection, int64_t now)
{
    bool ended = now >= load->end_us || exhausted(load);
    size_t keep = ended ? 0 : (size_t)(load->options->keep < 0 ? 0 : load->options->keep);
    bool release = load->held_count > keep;
    bool request = !ended && (load->options->rate <= 0 || due_us(load, load->next) <= now);
    if (!release && !request) {
        return false;
    }
    if (connection->fd < 0 && !may_open(load, now)) {
        return false;
    }
    if (connection->fd < 0 && !connect_one(load, connection)) {
        load->report.broken++;
        load->end_us = now; /* nobody listens any more */
        return false;
    }
    if (release) {
        send_release(load, connection);
    } else {
        send_request(load, connection, load->options->rate > 0 ? due_us(load, load->next) : now);
    }
    return true;
}

static void give_work_or_rest(struct load *load, struct connection *connection, int64_t now)
{
    if (!give_work(load, connection, now) || !connection->busy) {
        load->idle[load->idle_count++] = connection;
    }
}

static void give_work_to_idle(struct load *load, int64_t now)
{
    while (load->idle_count > 0 && give_work(load, load->idle[load->idle_count - 1], now)) {
        if (!load->idle[load->idle_count - 1]->busy) {
            break; /* could not send: try again later */
        }
        load->idle_count--;
    }
    if (load->options->rate > 0 && load->idle_count > 0 && now < load->end_us && !exhausted(load)) {
        int64_t due = due_us(load, load->next);
        struct itimerspec when = {
            .it_value = {.tv_sec = due / MICROSECONDS, .tv_nsec = due % MICROSECONDS * 1000}};
        timerfd_settime(load->timer, TFD_TIMER_ABSTIME, &when, NULL);
    }
}

static bool is_expected(const struct load_options *options, int status)
{
    for (size_t i = 0; options->expected[i] != 0; i++) {
        if (options->expected[i] == status) {
            return true;
        }
    }
    return false;
}

static void remember_hold(struct load *load, const struct connection *connection)
{
    if (load->held_count == load->held_capacity) {
        load->report.unexpected++; /* cannot be: at most keep and one a connection */
        return;
    }
    struct held *held = &load->held[(load->held_first + load->held_count) % load->held_capacity];
    held->token = connection->token;
    if (connection_hold_id(connection, held->id)) {
        load->held_count++;
    }
}

static void count_unexpected(struct load_report *report, const struct connection *connection)
{
    if (report->unexpected++ == 0) {
        snprintf(report->first_unexpected, sizeof(report->first_unexpected), "%d %.200s", connection->status,
                 connection->body);
    }
}

static void count_answer(struct load *load, const struct connection *connection, int64_t now)
{
    struct load_report *report = &load->report;
    if (connection->releasing) {
        report->released += connection->status == 204;
        if (connection->status != 204) {
            count_unexpected(report, connection);
        }
        return;
    }
    report->statuses[connection->status < STATUS_LIMIT ? connection->status : 0]++;
    if (!is_expected(load->options, connection->status)) {
        count_unexpected(report, connection);
        return;
    }
    report->body_bytes = connection->body_length;
    /* The window takes answers by their own time when the loop is closed, by the time they were due when the
     * rate is fixed. */
    int64_t moment = load->options->rate > 0 ? connection->due_us : now;
    if (moment >= report->from_us && (load->options->rate > 0 || now < report->until_us)) {
        samples_add(&report->samples, now - connection->due_us);
    }
    if (connection->status == 201 && load->options->keep >= 0) {
        remember_hold(load, connection);
    }
}

static void on_readable(struct load *load, struct connection *connection)
{
    enum received received = connection_receive(connection);
    if (received == RECEIVED_PART) {
        return;
    }
    if (!connection->busy) { /* the server closed an idle one */
        connection_close(connection);
        return;
    }
    int64_t now = clock_monotonic_us();
    connection->busy = false;
    load->busy_count--;
    if (received == RECEIVED_BROKEN) {
        load->report.broken += !interrupted;
        connection_close(connection);
    } else {
        count_answer(load, connection, now);
        if (connection->closing) {
            connection_close(connection);
        }
    }
    if (exhausted(load) && !load->report.used_up) {
        load->report.used_up = true;
        load->report.until_us = now < load->report.until_us ? now : load->report.until_us;
    }
    give_work_or_rest(load, connection, now);
}

static bool finished(const struct load *load, int64_t now)
{
    bool ended = now >= load->end_us || exhausted(load);
    return (ended && load->busy_count == 0 && load->held_count == 0) ||
           now > load->end_us + (int64_t)GRACE_SECONDS * MICROSECONDS;
}

static void run(struct load *load)
{
    struct epoll_event events[EVENTS_MAX];
    int64_t now = clock_monotonic_us();
    while (!finished(load, now)) {
        give_work_to_idle(load, now);
        bool opening = load->opened < (size_t)load->options->connections;
        int count = epoll_wait(load->epoll, events, EVENTS_MAX, opening ? OPENING_MS : STALLED_MS);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == load) {
                uint64_t expirations = 0;
                if (read(load->timer, &expirations, sizeof(expirations)) < 0 && errno != EAGAIN) {
                    interrupted = 1;
                }
            } else {
                on_readable(load, events[i].data.ptr);
            }
        }
        now = clock_monotonic_us();
        if (interrupted && load->end_us > now) {
            load->end_us = now;
            load->report.until_us = now;
        }
    }
    load->report.broken += load->busy_count;
}

static void prepare(struct load *load, const struct load_options *options)
{
    size_t count = (size_t)options->connections;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = load};
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (load->epoll < 0 || load->timer < 0 ||
        epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->timer, &event) != 0) {
        perror("epoll");
        exit(EXIT_FAILURE);
    }
    load->connections = memory_new(count, sizeof(*load->connections));
    load->idle = memory_new(count, sizeof(struct connection *));
    load->held_capacity = count + (size_t)(options->keep < 0 ? 0 : options->keep) + 1;
    load->held = memory_new(load->held_capacity, sizeof(*load->held));
    for (size_t i = 0; i < count; i++) {
        load->connections[i].fd = -1;
        load->idle[load->idle_count++] = &load->connections[i];
    }
    load->start_us = clock_monotonic_us();
    load->report.from_us = load->start_us + (int64_t)(options->warm_up * MICROSECONDS);
    load->end_us = load->report.from_us + (int64_t)(options->seconds * MICROSECONDS);
    load->report.until_us = load->end_us;
}

static void clean_up(struct load *load)
{
    for (int i = 0; i < load->options->connections; i++) {
        connection_close(&load->connections[i]);
    }
    close(load->timer);
    close(load->epoll);
    free(load->connections);
    free(load->idle);
    free(load->held);
    samples_clear(&load->report.samples);
}

int main(int argc, char **argv)
{
    struct load_options options = load_options_read(argc, argv);
    load_options_raise_files();
    signal(SIGTERM, interrupt);
    signal(SIGINT, interrupt);
    struct request_list *list = request_list_open(options.requests, options.tokens);
    struct load load = {.options = &options, .list = list};
    prepare(&load, &options);
    run(&load);
    load_report_print(&load.report);
    clean_up(&load);
    request_list_free(list);
    return EXIT_SUCCESS;
}
