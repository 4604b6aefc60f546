/* null_responder.c: the least that a FastCGI responder can do: the limit that a real one is held against.
 *
 * GET or POST …/<bytes> is answered 200 with that many bytes. Bare libfcgi threads: no lock around accept, no
 * polling, no log, no token. What fits into libfcgi's buffer goes through it; a larger answer lies ready as
 * FastCGI records (FastCGI 1.0 §3.3) and is written with one system call, which libfcgi, with one for each
 * 8 KiB, cannot do. Started by spawn-fcgi with the listening socket on descriptor 0.
 * Usage: bench_null_responder [threads] */
#include "common/memory.h"
#include <errno.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    THREADS = 64,
    THREADS_MAX = 512,
    BODY_MAX = 8 << 20,
    STREAM_MAX = 8000, /* header and body that fit into libfcgi's buffer */
    STACK_BYTES = 512 * 1024,
    HEADER_SIZE = 128,
    LISTEN_FD = 0,
    RECORD_MAX = 65528,
    RECORD_HEADER_SIZE = 8,
    RECORD_STDOUT = 6,
};

/* What is sent for a size. Immutable once made, so that all threads send from the same memory. */
struct answer {
    const struct answer *next;
    long bytes;
    int request_id;
    char *text; /* header and body; NULL when there are records */
    size_t length;
    unsigned char *records; /* the same as records; NULL when it is small */
    size_t records_length;
};

/* All answers so far: as many as sizes were asked for. */
struct answers {
    pthread_mutex_t mutex;
    const struct answer *first;
};

/* A kept connection needs the whole body of a request read before its next one. */
static void drain(FCGX_Request *request)
{
    char scratch[4096];
    while (FCGX_GetStr(scratch, sizeof(scratch), request->in) == (int)sizeof(scratch)) {
    }
}

static long wanted_bytes(const FCGX_Request *request)
{
    const char *path = FCGX_GetParam("PATH_INFO", request->envp);
    const char *number = path == NULL ? NULL : strrchr(path, '/');
    long bytes = number == NULL ? 0 : strtol(number + 1, NULL, 10);
    return bytes < 0 || bytes > BODY_MAX ? 0 : bytes;
}

static void make_records(struct answer *answer)
{
    size_t count = (answer->length + RECORD_MAX - 1) / RECORD_MAX;
    answer->records = memory_new(answer->length + count * RECORD_HEADER_SIZE, 1);
    unsigned char *end = answer->records;
    for (size_t done = 0; done < answer->length;) {
        size_t size = answer->length - done < RECORD_MAX ? answer->length - done : RECORD_MAX;
        unsigned char header[RECORD_HEADER_SIZE] = {
            1,
            RECORD_STDOUT,
            (unsigned char)(answer->request_id >> 8),
            (unsigned char)answer->request_id,
            (unsigned char)(size >> 8),
            (unsigned char)size,
        };
        memcpy(end, header, sizeof(header));
        memcpy(end + sizeof(header), answer->text + done, size);
        end += sizeof(header) + size;
        done += size;
    }
    answer->records_length = (size_t)(end - answer->records);
    free(answer->text);
    answer->text = NULL;
}

static struct answer *make_answer(long bytes, int request_id)
{
    struct answer *answer = memory_new(1, sizeof(*answer));
    *answer = (struct answer){.bytes = bytes, .request_id = request_id};
    answer->text = memory_new((size_t)bytes + HEADER_SIZE, 1);
    int header = snprintf(answer->text, HEADER_SIZE,
                          "Content-Type: application/json\r\nContent-Length: %ld\r\n\r\n", bytes);
    memset(answer->text + header, ' ', (size_t)bytes);
    answer->length = (size_t)header + (size_t)bytes;
    if (answer->length > STREAM_MAX) {
        make_records(answer);
    }
    return answer;
}

static bool fits(const struct answer *answer, long bytes, int request_id)
{
    return answer != NULL && answer->bytes == bytes && answer->request_id == request_id;
}

/* Threads remember the last one they sent: this is called when the size changes. */
static const struct answer *find_answer(struct answers *answers, long bytes, int request_id)
{
    pthread_mutex_lock(&answers->mutex);
    const struct answer *found = answers->first;
    while (found != NULL && !fits(found, bytes, request_id)) {
        found = found->next;
    }
    if (found == NULL) {
        struct answer *made = make_answer(bytes, request_id);
        made->next = answers->first;
        answers->first = made;
        found = made;
    }
    pthread_mutex_unlock(&answers->mutex);
    return found;
}

static void write_records(const struct answer *answer, int fd)
{
    for (size_t done = 0; done < answer->records_length;) {
        ssize_t written = write(fd, answer->records + done, answer->records_length - done);
        if (written < 0 && errno != EINTR) {
            return; /* the web server has gone */
        }
        done += written < 0 ? 0 : (size_t)written;
    }
}

static void *serve(void *argument)
{
    struct answers *answers = argument;
    const struct answer *answer = NULL;
    FCGX_Request request;
    FCGX_InitRequest(&request, LISTEN_FD, 0);
    for (;;) {
        if (FCGX_Accept_r(&request) != 0) {
            continue; /* errors of accept pass */
        }
        long bytes = wanted_bytes(&request);
        if (!fits(answer, bytes, request.requestId)) {
            answer = find_answer(answers, bytes, request.requestId);
        }
        drain(&request);
        if (answer->records == NULL) {
            FCGX_PutStr(answer->text, (int)answer->length, request.out);
        } else {
            write_records(answer, request.ipcFd);
        }
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long threads = argc > 1 ? strtol(argv[1], NULL, 10) : THREADS;
    if (threads < 1 || threads > THREADS_MAX || FCGX_Init() != 0) {
        fputs("bench_null_responder: cannot start\n", stderr);
        return EXIT_FAILURE;
    }
    struct answers answers = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    /* FCGX_Init() caught it; threads that block in accept would not notice. */
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    for (long i = 1; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, serve, &answers) != 0) {
            fputs("bench_null_responder: cannot start all threads\n", stderr);
            return EXIT_FAILURE;
        }
    }
    serve(&answers);
    return EXIT_SUCCESS;
}
