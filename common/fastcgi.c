/* fastcgi.c: the functions of libfcgi that this server uses. */
#include "common/fastcgi.h"
#include <fastcgi.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

enum {
    SMALL_ANSWER = 7 * 1024, /* what fits into libfcgi's own writer, whose records have 8 KiB */
    LARGE_RECORD =
        32760,         /* bytes of content: a multiple of 8 needs no padding; README.md has others measured */
    LARGE_WRITERS = 4, /* at once; further large answers go out in small records */
    LAST_RECORDS = 2,  /* large ones at most, which go out in one call of the system with the end */
    LAST_BYTES = LAST_RECORDS * LARGE_RECORD,
    USUAL_REQUEST_ID = 1, /* of all requests of a web server that does not multiplex (nginx) */
};

/* Writers of large records. They write to the thread's port, so any connection can use any of them. They are
 * kept: FCGX_FreeStream() would lose a part of what FCGX_CreateWriter() allocates. */
static pthread_mutex_t writers_lock = PTHREAD_MUTEX_INITIALIZER;
static FCGX_Stream *writers[LARGE_WRITERS];
static size_t writers_free, writers_made;

static FCGX_Stream *writer_take(void)
{
    FCGX_Stream *writer = NULL;
    pthread_mutex_lock(&writers_lock);
    if (writers_free > 0) {
        writer = writers[--writers_free];
    } else if (writers_made < LARGE_WRITERS) {
        writers_made++;
        writer = FCGX_CreateWriter(0, USUAL_REQUEST_ID, LARGE_RECORD + FCGI_HEADER_LEN, FCGI_STDOUT);
    }
    pthread_mutex_unlock(&writers_lock);
    return writer;
}

static void writer_give_back(FCGX_Stream *writer)
{
    pthread_mutex_lock(&writers_lock);
    writers[writers_free++] = writer;
    pthread_mutex_unlock(&writers_lock);
}

void fastcgi_open(struct fastcgi *fastcgi, int fd)
{
    *fastcgi = (struct fastcgi){.port = {.fd = fd}};
    (void)FCGX_Init(); /* the port's OS_LibInit() cannot fail */
}

/* Drops what libfcgi has read. FCGX_Finish_r() is not called for that, because it would write an answer. */
static void give_up(struct fastcgi *fastcgi)
{
    if (fastcgi->open) {
        FCGX_Free(&fastcgi->request, 0);
        fastcgi->open = false;
    }
}

void fastcgi_close(struct fastcgi *fastcgi)
{
    give_up(fastcgi);
    fastcgi_port_close(&fastcgi->port);
}

enum fastcgi_event fastcgi_head(struct fastcgi *fastcgi, const unsigned char *bytes, size_t length)
{
    give_up(fastcgi);
    fastcgi->body = NULL;
    fastcgi->body_length = fastcgi->body_received = 0;
    fastcgi_port_feed(&fastcgi->port, bytes, length);
    fastcgi_port_use(&fastcgi->port);
    (void)FCGX_InitRequest(&fastcgi->request, 0, 0);
    int error = FCGX_Accept_r(&fastcgi->request);
    fastcgi_port_use(NULL);
    fastcgi->open = error == 0;
    fastcgi->keep = fastcgi->open && fastcgi->request.keepConnection != 0;
    if (fastcgi->port.starved) {
        return length <= FASTCGI_HEAD_MAX ? FASTCGI_MORE : FASTCGI_BROKEN;
    }
    /* libfcgi reports the parameters as complete when a faulty record follows one of them. */
    return fastcgi->open && FCGX_GetError(fastcgi->request.in) == 0 ? FASTCGI_HEAD : FASTCGI_BROKEN;
}

/* The next bytes of the body: into the room that is left, or nowhere. Returns 0 at its end. */
static size_t read_body(struct fastcgi *fastcgi, size_t maximum)
{
    char dropped[8192];
    size_t room = maximum - fastcgi->body_length;
    size_t most = room == 0 ? sizeof(dropped) : room < INT_MAX ? room : INT_MAX;
    char *to = room == 0 ? dropped : fastcgi->body + fastcgi->body_length;
    size_t got = (size_t)FCGX_GetStr(to, (int)most, fastcgi->request.in);
    fastcgi->body_length += room == 0 ? 0 : got;
    fastcgi->body_received += got;
    return got;
}

/* libfcgi forgets what stands behind the request in its buffer. */
static bool all_is_read(const struct fastcgi *fastcgi)
{
    const struct fastcgi_port *port = &fastcgi->port;
    return port->input_taken == port->input_length &&
           (const char *)fastcgi->request.in->rdNext == port->buffer_end;
}

enum fastcgi_event fastcgi_body(struct fastcgi *fastcgi, struct arena *arena, size_t maximum)
{
    fastcgi->body = arena_alloc(arena, maximum + 1);
    fastcgi_port_use(&fastcgi->port);
    /* Reads beyond the end of the body, because the empty record behind it has to be read as well. */
    while (read_body(fastcgi, maximum) > 0) {
    }
    fastcgi_port_use(NULL);
    fastcgi->body[fastcgi->body_length] = '\0';
    if (fastcgi->port.starved) {
        return FASTCGI_MORE;
    }
    return FCGX_GetError(fastcgi->request.in) == 0 && all_is_read(fastcgi) ? FASTCGI_REQUEST : FASTCGI_BROKEN;
}

const char *fastcgi_param(const struct fastcgi *fastcgi, const char *name)
{
    return FCGX_GetParam(name, fastcgi->request.envp);
}

void fastcgi_answer(struct fastcgi *fastcgi, const struct iovec *parts, size_t count, bool more)
{
    fastcgi->more = more;
    fastcgi->port.reading = false;
    fastcgi->parts = parts;
    fastcgi->part_count = count;
    fastcgi->part_index = fastcgi->part_written = 0;
}

static size_t left_of_part(const struct fastcgi *fastcgi)
{
    return fastcgi->parts[fastcgi->part_index].iov_len - fastcgi->part_written;
}

/* How many bytes are left, but no more than `enough` tells. */
static size_t left_to_write(const struct fastcgi *fastcgi, size_t enough)
{
    size_t left = 0;
    for (size_t i = fastcgi->part_index; i < fastcgi->part_count && left < enough; i++) {
        left += fastcgi->parts[i].iov_len;
    }
    return left - fastcgi->part_written;
}

/* The next bytes of the parts, at most `maximum`. */
static void write_parts(struct fastcgi *fastcgi, FCGX_Stream *stream, size_t maximum)
{
    while (maximum > 0 && fastcgi->part_index < fastcgi->part_count) {
        size_t length = left_of_part(fastcgi) < maximum ? left_of_part(fastcgi) : maximum;
        const char *bytes = fastcgi->parts[fastcgi->part_index].iov_base;
        (void)FCGX_PutStr(bytes + fastcgi->part_written, (int)length, stream); /* the port takes all of it */
        fastcgi->part_written += length;
        maximum -= length;
        if (left_of_part(fastcgi) == 0) {
            fastcgi->part_index++;
            fastcgi->part_written = 0;
        }
    }
}

/* One large record; or the last ones, which are held, to be sent with the end of the request. Returns how
 * many writers are in use. */
static size_t write_large(struct fastcgi *fastcgi, FCGX_Stream *used[LAST_RECORDS])
{
    bool last = left_to_write(fastcgi, LAST_BYTES + 1) <= LAST_BYTES;
    size_t most = last ? LAST_RECORDS : 1;
    size_t count = 0;
    fastcgi_port_hold(&fastcgi->port, last);
    while (count < most && left_to_write(fastcgi, LARGE_RECORD) > SMALL_ANSWER &&
           (used[count] = writer_take()) != NULL) {
        write_parts(fastcgi, used[count], LARGE_RECORD);
        (void)FCGX_FFlush(used[count++]);
    }
    fastcgi_port_hold(&fastcgi->port, false);
    return count;
}

static bool is_all_written(const struct fastcgi *fastcgi)
{
    return !fastcgi->open || (fastcgi->more && fastcgi->part_index == fastcgi->part_count);
}

/* Large records or a small one, and the end of the request behind the last one. */
static enum fastcgi_sent write_some(struct fastcgi *fastcgi)
{
    FCGX_Stream *used[LAST_RECORDS];
    size_t count = fastcgi->request.requestId == USUAL_REQUEST_ID ? write_large(fastcgi, used) : 0;
    if (count == 0 || left_to_write(fastcgi, LARGE_RECORD) <= SMALL_ANSWER) {
        write_parts(fastcgi, fastcgi->request.out, LARGE_RECORD);
    }
    if (fastcgi->part_index == fastcgi->part_count && fastcgi->more) {
        (void)FCGX_FFlush(fastcgi->request.out); /* large records of the next parts pass it by */
    } else if (fastcgi->part_index == fastcgi->part_count) {
        FCGX_Finish_r(&fastcgi->request);
        fastcgi->open = false;
    }
    enum fastcgi_sent sent = fastcgi_port_flush(&fastcgi->port);
    while (count > 0) {
        writer_give_back(used[--count]);
    }
    return sent;
}

enum fastcgi_sent fastcgi_send(struct fastcgi *fastcgi)
{
    fastcgi_port_use(&fastcgi->port);
    enum fastcgi_sent sent = fastcgi_port_flush(&fastcgi->port);
    while (sent == FASTCGI_SENT && !is_all_written(fastcgi)) {
        sent = write_some(fastcgi);
    }
    fastcgi_port_use(NULL);
    return sent;
}
