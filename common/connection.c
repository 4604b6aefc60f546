#include "common/connection.h"
#include "common/clock.h"
#include "common/exchange.h"
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { READ_SIZE = 64 * 1024 };

struct connection {
    struct connection *previous, *next; /* in the set */
    int epoll;
    int fd;
    atomic_bool given_back; /* hands the other members over to the reading thread: the memory model knows
                               nothing of epoll */
    atomic_int_fast64_t silent_since_us; /* 0: a request is on its way or being answered */
    struct arena *arena;                 /* of one request */
    struct fastcgi_reader reader;
    struct exchange exchange;
    struct iovec *parts; /* of the answer, from the first that has not been sent completely */
    size_t part_count;
};

/* Gives the connection back: the reading thread may close and free it before this call is back from the
 * kernel, which has looked the descriptor up by then. Level-triggered: what is ready already is reported at
 * once. The set holds the descriptor for as long as it is open, so this cannot fail. */
static void arm(struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events | EPOLLONESHOT, .data.ptr = connection};
    int fd = connection->fd;
    int epoll = connection->epoll;
    atomic_store_explicit(&connection->given_back, true, memory_order_release);
    (void)epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

/* Only the reading thread may close it, so it is told to. */
static void end(struct connection *connection)
{
    (void)shutdown(connection->fd, SHUT_RDWR);
    arm(connection, EPOLLIN);
}

static void start_request(struct connection *connection)
{
    arena_reset(connection->arena);
    fastcgi_reader_start(&connection->reader, connection->arena);
    connection->exchange.request.input = NULL; /* no head yet: nothing to close */
    connection->part_count = 0;
}

static void release_exchange(struct connection *connection)
{
    if (connection->exchange.request.input != NULL) {
        response_close(&connection->exchange.response);
        request_close(&connection->exchange.request);
    }
}

static void skip_sent(struct connection *connection, size_t sent)
{
    while (connection->part_count > 0 && sent >= connection->parts->iov_len) {
        sent -= connection->parts->iov_len;
        connection->parts++;
        connection->part_count--;
    }
    if (connection->part_count > 0) {
        connection->parts->iov_base = (char *)connection->parts->iov_base + sent;
        connection->parts->iov_len -= sent;
    }
}

/* Sends what the socket takes, and gives the connection back: for its next request, for the rest, or to be
 * closed. */
static void go_on_sending(struct connection *connection)
{
    while (connection->part_count > 0) {
        struct msghdr message = {.msg_iov = connection->parts};
        message.msg_iovlen = connection->part_count < IOV_MAX ? connection->part_count : IOV_MAX;
        ssize_t sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            skip_sent(connection, (size_t)sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            arm(connection, EPOLLOUT);
            return;
        } else if (errno != EINTR) {
            connection->part_count = 0; /* the web server has gone; closing releases the exchange */
            end(connection);
            return;
        }
    }
    bool keep = connection->reader.keep;
    release_exchange(connection);
    start_request(connection);
    atomic_store(&connection->silent_since_us, clock_monotonic_us());
    if (keep) {
        arm(connection, EPOLLIN);
    } else {
        end(connection);
    }
}

/* exchange->send: on whatever thread has the answer. */
static void send_answer(struct exchange *exchange)
{
    struct connection *connection =
        (struct connection *)((char *)exchange - offsetof(struct connection, exchange));
    connection->parts =
        response_records(&exchange->response, connection->reader.request_id, &connection->part_count);
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
    start_request(connection);
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
    arena_free(connection->arena);
    close(connection->fd);
    free(connection);
}

/* Bytes behind the end of a request would be a second one before the first is answered: nginx sends none. */
static enum fastcgi_event take_bytes(struct connection *connection, const struct server *server,
                                     const unsigned char *bytes, size_t length)
{
    struct fastcgi_reader *reader = &connection->reader;
    size_t taken = 0;
    enum fastcgi_event event = fastcgi_read(reader, bytes, length, &taken);
    if (event == FASTCGI_HEAD) {
        fastcgi_keep_body(reader, dispatch_head(&connection->exchange, server, connection->arena, reader));
        size_t more = 0;
        event = fastcgi_read(reader, bytes + taken, length - taken, &more);
        taken += more;
    }
    return taken == length ? event : FASTCGI_BROKEN;
}

/* FASTCGI_MORE also stands for nothing to read just now. */
static enum fastcgi_event read_some(struct connection *connection, const struct server *server)
{
    unsigned char bytes[READ_SIZE];
    ssize_t got = recv(connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (got > 0) {
        atomic_store(&connection->silent_since_us, 0);
        return take_bytes(connection, server, bytes, (size_t)got);
    }
    bool nothing = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return nothing ? FASTCGI_MORE : FASTCGI_BROKEN;
}

void connection_wake(struct connection_set *set, struct connection *connection)
{
    (void)atomic_load_explicit(&connection->given_back, memory_order_acquire);
    if (connection->part_count > 0) {
        go_on_sending(connection);
        return;
    }
    switch (read_some(connection, set->server)) {
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
