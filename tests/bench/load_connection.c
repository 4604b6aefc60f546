#include "tests/bench/load_connection.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char header_end[] = "\r\n\r\n";
enum { DISCARD_BYTES = 1 << 22, HEADER_END_LENGTH = 4 };

bool connection_open(struct connection *connection, uint16_t port)
{
    connection_close(connection);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    connection->fd = fd;
    return true;
}

void connection_close(struct connection *connection)
{
    if (connection->fd >= 0) {
        close(connection->fd);
    }
    connection->fd = -1;
    connection->closing = false;
}

bool connection_send(struct connection *connection, const char *text, size_t length)
{
    connection->status = 0;
    connection->body = NULL;
    connection->body_length = 0;
    connection->body_read = 0;
    connection->in_length = 0;
    connection->busy = true;
    /* A request is far smaller than an idle connection's send buffer. */
    return send(connection->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

/* The value of a header field, `name` with the colon; NULL when there is none. */
static const char *header_value(const char *header, const char *name)
{
    for (const char *line = strstr(header, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, strlen(name)) == 0) {
            return line + 2 + strlen(name) + strspn(line + 2 + strlen(name), " ");
        }
    }
    return NULL;
}

/* The header is complete. False when it is not one of ours: no status, or a body of unknown length. */
static bool read_header(struct connection *connection, char *end)
{
    *end = '\0';
    if (strncmp(connection->in, "HTTP/1.1 ", 9) != 0) {
        return false;
    }
    connection->status = (int)strtol(connection->in + 9, NULL, 10);
    const char *length = header_value(connection->in, "Content-Length:");
    const char *ending = header_value(connection->in, "Connection:");
    connection->closing = ending != NULL && strncasecmp(ending, "close", 5) == 0;
    connection->body = end + HEADER_END_LENGTH;
    connection->body_length = length == NULL ? 0 : strtoul(length, NULL, 10);
    connection->body_read = connection->in_length - (size_t)(connection->body - connection->in);
    return length != NULL || connection->status == 204 || connection->status == 304;
}

/* The rest of a body that is longer than the buffer. */
static enum received discard(struct connection *connection)
{
    size_t left = connection->body_length - connection->body_read;
    ssize_t got = recv(connection->fd, NULL, left < DISCARD_BYTES ? left : DISCARD_BYTES, MSG_TRUNC);
    if (got <= 0) {
        return got < 0 && (errno == EAGAIN || errno == EINTR) ? RECEIVED_PART : RECEIVED_BROKEN;
    }
    connection->body_read += (size_t)got;
    return connection->body_read == connection->body_length ? RECEIVED_ALL : RECEIVED_PART;
}

enum received connection_receive(struct connection *connection)
{
    if (connection->in_length == ANSWER_SIZE) {
        return connection->body == NULL ? RECEIVED_BROKEN : discard(connection);
    }
    ssize_t got =
        recv(connection->fd, connection->in + connection->in_length, ANSWER_SIZE - connection->in_length, 0);
    if (got <= 0) {
        return got < 0 && (errno == EAGAIN || errno == EINTR) ? RECEIVED_PART : RECEIVED_BROKEN;
    }
    connection->in_length += (size_t)got;
    connection->in[connection->in_length] = '\0';
    if (connection->body != NULL) {
        connection->body_read += (size_t)got;
    } else {
        char *end = strstr(connection->in, header_end);
        if (end == NULL) {
            return RECEIVED_PART;
        }
        if (!read_header(connection, end)) {
            return RECEIVED_BROKEN;
        }
    }
    if (connection->body_read > connection->body_length) {
        return RECEIVED_BROKEN;
    }
    return connection->body_read == connection->body_length ? RECEIVED_ALL : RECEIVED_PART;
}

bool connection_hold_id(const struct connection *connection, char ret_id[static UUID_SIZE])
{
    static const char name[] = "\"holdId\":";
    const char *member = connection->body == NULL ? NULL : strstr(connection->body, name);
    if (member == NULL) {
        return false;
    }
    member += sizeof(name) - 1;
    member += strspn(member, " \"");
    snprintf(ret_id, UUID_SIZE, "%s", member);
    return uuid_is_valid(ret_id);
}
