/* fastcgi_port.c: the functions of fcgios.h that libfcgi calls, over memory. */
#include "common/fastcgi_port.h"
#include "common/memory.h"
#include <errno.h>
#include <fcgios.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

enum { THE_CONNECTION = 0 }; /* the descriptor that libfcgi is told; it stands for the thread's port */

static _Thread_local struct fastcgi_port *current;

void fastcgi_port_use(struct fastcgi_port *port)
{
    current = port;
}

void fastcgi_port_feed(struct fastcgi_port *port, const unsigned char *bytes, size_t length)
{
    port->input = bytes;
    port->input_length = length;
    port->input_taken = 0;
    port->buffer_end = NULL;
    port->accepted = port->starved = false;
    port->reading = true;
}

void fastcgi_port_hold(struct fastcgi_port *port, bool holding)
{
    port->holding = holding;
}

/* Returns how many bytes of the parts the socket took. */
static size_t send_some(struct fastcgi_port *port, struct iovec *parts, size_t count)
{
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
    while (!port->gone) {
        ssize_t sent = sendmsg(port->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            return (size_t)sent;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return 0;
        }
        port->gone = errno != EINTR;
    }
    return SIZE_MAX; /* nobody is left to read it */
}

static void keep(struct fastcgi_port *port, const unsigned char *bytes, size_t length)
{
    if (length > port->out_size - port->out_length) {
        size_t size =
            port->out_length + length > 2 * port->out_size ? port->out_length + length : 2 * port->out_size;
        unsigned char *larger = memory_new(size, 1);
        memcpy(larger, port->out != NULL ? port->out : larger, port->out_length);
        free(port->out);
        port->out = larger;
        port->out_size = size;
    }
    memcpy(port->out + port->out_length, bytes, length);
    port->out_length += length;
}

/* Sends what is held and the bytes behind it, and keeps what the socket does not take. */
static void send_held(struct fastcgi_port *port, char *bytes, size_t length)
{
    struct iovec parts[FASTCGI_PORT_HELD_MAX + 1];
    size_t count = port->held_count;
    memcpy(parts, port->held, count * sizeof(parts[0]));
    parts[count++] = (struct iovec){.iov_base = bytes, .iov_len = length};
    port->held_count = 0;
    size_t sent = port->out_length == 0 ? send_some(port, parts, count) : 0;
    for (size_t i = 0; i < count; i++) {
        size_t taken = sent < parts[i].iov_len ? sent : parts[i].iov_len;
        sent -= taken;
        if (taken < parts[i].iov_len) {
            keep(port, (const unsigned char *)parts[i].iov_base + taken, parts[i].iov_len - taken);
        }
    }
}

enum fastcgi_sent fastcgi_port_flush(struct fastcgi_port *port)
{
    if (port->held_count > 0) {
        send_held(port, NULL, 0);
    }
    size_t sent = 1;
    while (!port->gone && port->out_sent < port->out_length && sent > 0) {
        struct iovec rest = {.iov_base = port->out + port->out_sent,
                             .iov_len = port->out_length - port->out_sent};
        sent = send_some(port, &rest, 1);
        port->out_sent += sent;
    }
    if (!port->gone && port->out_sent < port->out_length) {
        return FASTCGI_BLOCKED;
    }
    fastcgi_port_close(port);
    return port->gone ? FASTCGI_GONE : FASTCGI_SENT;
}

void fastcgi_port_close(struct fastcgi_port *port)
{
    free(port->out);
    port->out = NULL;
    port->out_length = port->out_size = port->out_sent = 0;
    port->held_count = 0;
}

/* What follows is fcgios.h as fcgiapp.c of libfcgi 2.4.2 calls it; its return values are those of os_unix.c.
 */

int OS_LibInit(int stdioFds[3])
{
    (void)stdioFds;
    return 0;
}

int OS_Accept(int listen_sock, int fail_on_intr, const char *webServerAddrs)
{
    (void)listen_sock;
    (void)fail_on_intr;
    (void)webServerAddrs;
    if (current == NULL || current->accepted) {
        errno = EAGAIN;
        return -1;
    }
    current->accepted = true;
    return THE_CONNECTION;
}

int OS_Read(int fd, char *buf, size_t len)
{
    (void)fd;
    size_t left = current->input_length - current->input_taken;
    if (left == 0) {
        current->starved = true;
        errno = EAGAIN;
        return -1;
    }
    size_t part = len < left ? len : left;
    memcpy(buf, current->input + current->input_taken, part);
    current->input_taken += part;
    current->buffer_end = buf + part;
    return (int)part; /* libfcgi's buffers have 8 KiB */
}

int OS_Write(int fd, char *buf, size_t len)
{
    (void)fd;
    if (len > INT_MAX || current->reading) {
        errno = EINVAL;
        return -1;
    }
    if (current->holding && current->held_count < FASTCGI_PORT_HELD_MAX) {
        current->held[current->held_count++] = (struct iovec){.iov_base = buf, .iov_len = len};
    } else {
        send_held(current, buf, len);
    }
    return (int)len;
}

/* The server closes the socket. */
int OS_IpcClose(int ipcFd, int shutdown)
{
    (void)ipcFd;
    (void)shutdown;
    return 0;
}

int OS_IsFcgi(int sock)
{
    (void)sock;
    return 1;
}

/* Only for programs that open a listening socket themselves. */
int OS_CreateLocalIpcFd(const char *bindPath, int backlog)
{
    (void)bindPath;
    (void)backlog;
    errno = ENOSYS;
    return -1;
}

/* The server's drain does this. */
void OS_ShutdownPending(void)
{
}
