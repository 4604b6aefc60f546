/* live.c: thousands of subscribers of one show's live stream, and one buyer who holds two seats of it at a
 * fixed rate. Prints how long it took from each commit (the arrival of the hold's 201) to the subscriber that
 * heard of it last.
 *
 * Request k of the file must hold the seats first_seat + 2k and the next one (positions in the seat map), so
 * that an event `[position,"h"]` tells which update it belongs to. */
#include "common/clock.h"
#include "common/memory.h"
#include "tests/bench/live_stream.h"
#include "tests/bench/load_connection.h"
#include "tests/bench/load_options.h"
#include "tests/bench/load_samples.h"
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    EVENTS_MAX = 512,
    MICROSECONDS = 1000000,
    CONNECT_SECONDS = 30,
    SETTLE_SECONDS = 1,
    GRACE_SECONDS = 5
};

struct update {
    int64_t committed_us; /* 0: not yet */
    int64_t last_us;      /* when the last of them heard of it */
    size_t heard;         /* subscribers */
    char pattern[32];     /* its change in an event */
};

struct live {
    const struct load_options *options;
    const struct request_list *list;
    struct live_stream *streams;
    size_t open_count, failed_count;
    int first_failure; /* its status; 0: no answer */
    struct connection buyer;
    struct update *updates;
    size_t update_limit, update_count;
    size_t refused; /* holds not answered 201 */
    struct samples deliveries;
    int epoll;
};

static void on_event(struct live_stream *stream, const char *event, void *context)
{
    struct live *live = context;
    int64_t now = clock_monotonic_us();
    /* An event may carry several updates, and updates come in order. */
    for (size_t i = stream->next_update; i < live->update_count; i++) {
        struct update *update = &live->updates[i];
        if (strstr(event, update->pattern) == NULL) {
            continue;
        }
        stream->next_update = i + 1;
        update->heard++;
        update->last_us = now;
        if (update->committed_us != 0) {
            samples_add(&live->deliveries, now > update->committed_us ? now - update->committed_us : 0);
        }
    }
}

static void fail_stream(struct live *live, struct live_stream *stream)
{
    live->open_count -= stream->open;
    if (live->failed_count++ == 0) {
        live->first_failure = stream->status;
    }
    live_stream_close(stream);
}

static void on_stream(struct live *live, struct live_stream *stream)
{
    bool was_open = stream->open;
    bool fine = live_stream_read(stream, on_event, live);
    live->open_count += !was_open && stream->open;
    if (!fine) {
        fail_stream(live, stream);
    }
}

static void on_buyer(struct live *live)
{
    enum received received = connection_receive(&live->buyer);
    if (received == RECEIVED_PART) {
        return;
    }
    bool was_busy = live->buyer.busy;
    live->buyer.busy = false;
    if (received == RECEIVED_BROKEN) {
        connection_close(&live->buyer);
    }
    if (was_busy && received == RECEIVED_ALL && live->buyer.status == 201) {
        live->updates[live->update_count - 1].committed_us = clock_monotonic_us();
    } else if (was_busy) {
        live->refused++;
    }
}

static void wait_and_read(struct live *live, int64_t until_us)
{
    struct epoll_event events[EVENTS_MAX];
    int64_t left_ms = (until_us - clock_monotonic_us()) / 1000;
    int count = epoll_wait(live->epoll, events, EVENTS_MAX, left_ms < 0 ? 0 : (int)left_ms);
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == live) {
            on_buyer(live);
        } else {
            on_stream(live, events[i].data.ptr);
        }
    }
}

static bool watch(const struct live *live, int fd, void *who)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = who};
    return epoll_ctl(live->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void subscribe(struct live *live)
{
    size_t wanted = (size_t)live->options->connections;
    int64_t until = clock_monotonic_us() + (int64_t)CONNECT_SECONDS * MICROSECONDS;
    for (size_t i = 0; i < wanted; i++) {
        struct live_stream *stream = &live->streams[i];
        if (!live_stream_open(stream, live->options->port, live->options->live) ||
            !watch(live, stream->fd, stream)) {
            fail_stream(live, stream);
        }
        if (i % 64 == 0) {
            wait_and_read(live, 0);
        }
    }
    while (live->open_count + live->failed_count < wanted && clock_monotonic_us() < until) {
        wait_and_read(live, until);
    }
    until = clock_monotonic_us() + (int64_t)SETTLE_SECONDS * MICROSECONDS;
    while (clock_monotonic_us() < until) {
        wait_and_read(live, until);
    }
}

static void hold(struct live *live)
{
    size_t index = live->update_count;
    struct update *update = &live->updates[index];
    snprintf(update->pattern, sizeof(update->pattern), "[%zu,\"h\"]",
             (size_t)live->options->first_seat + 2 * index);
    char text[REQUEST_SIZE];
    long token = NO_TOKEN;
    size_t length = request_list_write(live->list, index, text, &token);
    if (live->buyer.fd < 0 &&
        !(connection_open(&live->buyer, live->options->port) && watch(live, live->buyer.fd, live))) {
        live->refused++;
        return;
    }
    live->update_count++;
    if (!connection_send(&live->buyer, text, length)) {
        connection_close(&live->buyer);
        live->buyer.busy = false;
        live->refused++;
    }
}

static void sell(struct live *live)
{
    int64_t start = clock_monotonic_us();
    for (size_t i = 0; i < live->update_limit; i++) {
        int64_t due = start + (int64_t)((double)i * MICROSECONDS / live->options->rate);
        while (clock_monotonic_us() < due) {
            wait_and_read(live, due);
        }
        if (live->buyer.busy) {
            live->refused++; /* the last hold has no answer yet */
            continue;
        }
        hold(live);
    }
    int64_t until = clock_monotonic_us() + (int64_t)GRACE_SECONDS * MICROSECONDS;
    while (clock_monotonic_us() < until) {
        wait_and_read(live, until);
        const struct update *last = live->update_count == 0 ? NULL : &live->updates[live->update_count - 1];
        if (last == NULL || (last->heard >= live->open_count && !live->buyer.busy)) {
            break;
        }
    }
}

static void report(struct live *live)
{
    struct samples lasts = {0};
    size_t complete = 0;
    for (size_t i = 0; i < live->update_count; i++) {
        const struct update *update = &live->updates[i];
        if (update->heard == (size_t)live->options->connections && update->committed_us != 0) {
            int64_t took = update->last_us - update->committed_us;
            samples_add(&lasts, took > 0 ? took : 0);
            complete++;
        }
    }
    json_auto_t *object =
        json_pack("{s:i, s:I, s:I, s:i, s:I, s:I, s:I, s:o, s:o}", "subscribers", live->options->connections,
                  "open", (json_int_t)live->open_count, "failed", (json_int_t)live->failed_count,
                  "firstFailure", live->first_failure, "updates", (json_int_t)live->update_limit, "complete",
                  (json_int_t)complete, "refused", (json_int_t)live->refused, "last", samples_json(&lasts),
                  "deliveries", samples_json(&live->deliveries));
    json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    putchar('\n');
    samples_clear(&lasts);
}

static void clean_up(struct live *live)
{
    for (int i = 0; i < live->options->connections; i++) {
        live_stream_close(&live->streams[i]);
    }
    connection_close(&live->buyer);
    close(live->epoll);
    samples_clear(&live->deliveries);
    free(live->streams);
    free(live->updates);
}

int main(int argc, char **argv)
{
    struct load_options options = load_options_read(argc, argv);
    if (options.live == NULL || options.rate <= 0) {
        fputs("bench_live needs --live and --rate\n", stderr);
        return 2;
    }
    load_options_raise_files();
    struct request_list *list = request_list_open(options.requests, options.tokens);
    size_t wanted = (size_t)(options.seconds * options.rate);
    size_t limit = wanted < request_list_count(list) ? wanted : request_list_count(list);
    struct live live = {.options = &options,
                        .list = list,
                        .streams = memory_new((size_t)options.connections, sizeof(struct live_stream)),
                        .buyer = {.fd = -1},
                        .updates = memory_new(limit + 1, sizeof(struct update)),
                        .update_limit = limit,
                        .epoll = epoll_create1(EPOLL_CLOEXEC)};
    subscribe(&live);
    if (live.open_count > 0) {
        sell(&live);
    }
    report(&live);
    clean_up(&live);
    request_list_free(list);
    return EXIT_SUCCESS;
}
