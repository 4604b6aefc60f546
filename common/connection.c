/* connection.c: the way of bytes from a socket to libfcgi and back, without ever waiting. */
#include "common/connection.h"
#include "common/clock.h"
#include "common/exchange.h"
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { READ_SIZE = 64 * 1024 };

struct connection {
    struct connection *previous, *next; /* in the set */
    int epoll;
    int fd;
    atomic_bool given_back; /* orders the other members' writes before the reading thread's reads: epoll
                               itself is no part of the C memory model */
    atomic_int_fast64_t silent_since_us; /* 0: a request is on its way or being answered */
    struct arena *arena;                 /* of one request */
    struct fastcgi fastcgi;
    struct exchange exchange;
    bool answering;    /* a part of the answer has not been sent yet */
    bool streaming;    /* the answer has more than what was handed over to be sent */
    struct iovec part; /* of an answer that is made while it is sent */
    bool turned_away;  /* answered before the request was complete: what still comes is dropped */

    unsigned char *gathered; /* bytes of a request that comes in pieces, from its first one; NULL: none yet */
    size_t gathered_length, gathered_size;
    size_t enough; /* with fewer bytes than this the request cannot be complete */
};

/* Gives the connection back to the reading thread, which may close and free it before epoll_ctl() returns.
 * That is safe, because the kernel has looked up the descriptor by then. The set is level-triggered, so bytes
 * that have arrived already are reported at once. The set holds the descriptor as long as it is open, so the
 * call cannot fail. */
static void arm(struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events | EPOLLONESHOT, .data.ptr = connection};
    int fd = connection->fd;
    int epoll = connection->epoll;
    atomic_store_explicit(&connection->given_back, true, memory_order_release);
    (void)epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

/* Only the reading thread may close the connection, so it is told to do that. */
static void end(struct connection *connection)
{
    (void)shutdown(connection->fd, SHUT_RDWR);
    arm(connection, EPOLLIN);
}

static void release_exchange(struct connection *connection)
{
    if (connection->exchange.request.input != NULL) {
        response_close(&connection->exchange.response);
        request_close(&connection->exchange.request);
        connection->exchange.request.input = NULL;
    }
    arena_reset(connection->arena);
}

static void forget_bytes(struct connection *connection)
{
    free(connection->gathered);
    connection->gathered = NULL;
    connection->gathered_length = connection->gathered_size = connection->enough = 0;
}

/* Has the next piece of an answer made that is made while it is sent. False: it cannot be had. */
static bool next_piece(struct connection *connection)
{
    const struct response *response = &connection->exchange.response;
    struct response_piece piece = {0};
    enum stream_step step = response->next(response->owner, &piece);
    if (step == STREAM_BROKEN) {
        return false;
    }
    connection->streaming = step == STREAM_PIECE;
    connection->part = response_part(&piece);
    fastcgi_answer(&connection->fastcgi, &connection->part, step == STREAM_PIECE ? 1 : 0,
                   connection->streaming);
    return true;
}

/* Sends as much as the socket takes. A piece that cannot be had looks to the web server as if this program
 * had died: it cuts the answer off. */
static enum fastcgi_sent send_some(struct connection *connection)
{
    enum fastcgi_sent sent = fastcgi_send(&connection->fastcgi);
    while (sent == FASTCGI_SENT && connection->streaming) {
        sent = next_piece(connection) ? fastcgi_send(&connection->fastcgi) : FASTCGI_GONE;
    }
    return sent;
}

/* Sends what the socket takes, and gives the connection back: for its next request, for the rest of the
 * answer or of a request that has been turned away, or to be closed. */
static void go_on_sending(struct connection *connection)
{
    switch (send_some(connection)) {
    case FASTCGI_BLOCKED:
        connection->answering = true;
        arm(connection, EPOLLOUT);
        return;
    case FASTCGI_GONE:
        connection->answering = connection->streaming = false;
        end(connection);
        return;
    case FASTCGI_SENT:
        break;
    }
    connection->answering = false;
    release_exchange(connection);
    atomic_store(&connection->silent_since_us, clock_monotonic_us());
    if (connection->turned_away) {
        (void)shutdown(connection->fd, SHUT_WR);
        arm(connection, EPOLLIN);
    } else if (connection->fastcgi.keep) {
        arm(connection, EPOLLIN);
    } else {
        end(connection);
    }
}

/* This is exchange->send. It runs on the thread that has the answer. */
static void send_answer(struct exchange *exchange)
{
    struct connection *connection =
        (struct connection *)((char *)exchange - offsetof(struct connection, exchange));
    size_t count = 0;
    const struct iovec *parts = response_parts(&exchange->response, &count);
    connection->streaming = response_has_more(&exchange->response);
    fastcgi_answer(&connection->fastcgi, parts, count, connection->streaming);
    go_on_sending(connection);
}

bool connection_open(struct connection_set *set, int fd)
{
    struct connection *connection = memory_new(1, sizeof(*connection));
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.ptr = connection};
    if (epoll_ctl(set->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        close(fd);
        free(connection);
        return false;
    }
    connection->epoll = set->epoll;
    connection->fd = fd;
    connection->exchange.send = send_answer;
    connection->arena = arena_new();
    atomic_init(&connection->silent_since_us, clock_monotonic_us());
    fastcgi_open(&connection->fastcgi, fd);
    connection->next = set->first;
    if (set->first != NULL) {
        set->first->previous = connection;
    }
    set->first = connection;
    set->count++;
    return true;
}

static void close_connection(struct connection_set *set, struct connection *connection)
{
    *(connection->previous != NULL ? &connection->previous->next : &set->first) = connection->next;
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    set->count--;
    release_exchange(connection);
    forget_bytes(connection);
    fastcgi_close(&connection->fastcgi);
    arena_free(connection->arena);
    close(connection->fd);
    free(connection);
}

/* Keeps the bytes for the next try. False: the request is longer than any that is taken. */
static bool gather(struct connection *connection, const unsigned char *bytes, size_t length)
{
    size_t needed = connection->gathered_length + length;
    if (needed > FASTCGI_REQUEST_MAX) {
        return false;
    }
    if (needed > connection->gathered_size) {
        size_t size =
            2 * needed > connection->enough + READ_SIZE ? 2 * needed : connection->enough + READ_SIZE;
        unsigned char *larger = memory_new(size, 1);
        memcpy(larger, connection->gathered != NULL ? connection->gathered : larger,
               connection->gathered_length);
        free(connection->gathered);
        connection->gathered = larger;
        connection->gathered_size = size;
    }
    memcpy(connection->gathered + connection->gathered_length, bytes, length);
    connection->gathered_length = needed;
    return true;
}

/* One try at a request, from its first byte. A request that its head alone refuses is answered without
 * waiting for its body, of which nothing is kept. */
static enum fastcgi_event read_request(struct connection *connection, const struct responder *responder,
                                       const unsigned char *bytes, size_t length)
{
    release_exchange(connection);
    enum fastcgi_event event = fastcgi_head(&connection->fastcgi, bytes, length);
    if (event != FASTCGI_HEAD) {
        return event;
    }
    size_t wanted = dispatch_head(&connection->exchange, responder, connection->arena, &connection->fastcgi);
    event = length < wanted ? FASTCGI_MORE : fastcgi_body(&connection->fastcgi, connection->arena, wanted);
    if (event == FASTCGI_MORE && connection->exchange.judged != PROBLEM_NONE) {
        connection->turned_away = true;
        return FASTCGI_REQUEST;
    }
    size_t received = length < wanted ? 0 : connection->fastcgi.body_received;
    size_t missing = wanted > received ? wanted - received : 1;
    connection->enough = length < wanted ? wanted : length + missing;
    return event;
}

static enum fastcgi_event take_bytes(struct connection *connection, const struct responder *responder,
                                     const unsigned char *bytes, size_t length)
{
    bool first = connection->gathered == NULL;
    if (!first && !gather(connection, bytes, length)) {
        return FASTCGI_BROKEN;
    }
    enum fastcgi_event event = FASTCGI_MORE;
    if (first) {
        event = read_request(connection, responder, bytes, length);
    } else if (connection->gathered_length >= connection->enough) {
        event = read_request(connection, responder, connection->gathered, connection->gathered_length);
    }
    if (event == FASTCGI_REQUEST) {
        forget_bytes(connection);
    } else if (event == FASTCGI_MORE && first && !gather(connection, bytes, length)) {
        return FASTCGI_BROKEN;
    }
    return event;
}

/* FASTCGI_MORE also stands for nothing to read just now. */
static enum fastcgi_event read_some(struct connection *connection, const struct responder *responder)
{
    unsigned char bytes[READ_SIZE];
    ssize_t got = recv(connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (got > 0 && connection->turned_away) {
        return FASTCGI_MORE;
    }
    if (got > 0) {
        atomic_store(&connection->silent_since_us, 0);
        return take_bytes(connection, responder, bytes, (size_t)got);
    }
    bool nothing = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return nothing ? FASTCGI_MORE : FASTCGI_BROKEN;
}

void connection_wake(struct connection_set *set, struct connection *connection)
{
    (void)atomic_load_explicit(&connection->given_back, memory_order_acquire);
    if (connection->answering) {
        go_on_sending(connection);
        return;
    }
    switch (read_some(connection, set->responder)) {
    case FASTCGI_REQUEST:
        dispatch(&connection->exchange);
        break;
    case FASTCGI_HEAD:
    case FASTCGI_MORE:
        arm(connection, EPOLLIN);
        break;
    case FASTCGI_BROKEN:
        close_connection(set, connection);
        break;
    }
}

void connection_end_silent(struct connection_set *set, int64_t silent_us)
{
    int64_t now = clock_monotonic_us();
    for (struct connection *connection = set->first; connection != NULL; connection = connection->next) {
        int64_t since = atomic_load(&connection->silent_since_us);
        if (since != 0 && now - since >= silent_us) {
            (void)shutdown(connection->fd, SHUT_RDWR);
        }
    }
}
