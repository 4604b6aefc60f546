/* null_responder.c: the least that a FastCGI responder can do: the limit that a real one is held against.
 *
 * GET or POST …/<bytes> is answered 200 with that many bytes. Bare libfcgi threads: no lock around accept, no
 * polling, no log, no token, one header and one body written from memory. Started by spawn-fcgi with the
 * listening socket on descriptor 0. Usage: bench_null_responder [threads] */
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    THREADS = 64,
    THREADS_MAX = 512,
    BODY_MAX = 8 << 20,
    STACK_BYTES = 512 * 1024,
    HEADER_SIZE = 128,
    LISTEN_FD = 0
};

/* A kept connection needs the whole body of a request read before its next one. */
static void drain(FCGX_Request *request)
{
    char scratch[4096];
    while (FCGX_GetStr(scratch, sizeof(scratch), request->in) == (int)sizeof(scratch)) {
    }
}

static int wanted_bytes(const FCGX_Request *request)
{
    const char *path = FCGX_GetParam("PATH_INFO", request->envp);
    const char *number = path == NULL ? NULL : strrchr(path, '/');
    long bytes = number == NULL ? 0 : strtol(number + 1, NULL, 10);
    return bytes < 0 || bytes > BODY_MAX ? 0 : (int)bytes;
}

static void *serve(void *argument)
{
    const char *body = argument;
    FCGX_Request request;
    FCGX_InitRequest(&request, LISTEN_FD, 0);
    for (;;) {
        if (FCGX_Accept_r(&request) != 0) {
            continue; /* errors of accept pass */
        }
        char header[HEADER_SIZE];
        int bytes = wanted_bytes(&request);
        int length = snprintf(header, sizeof(header),
                              "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", bytes);
        drain(&request);
        FCGX_PutStr(header, length, request.out);
        FCGX_PutStr(body, bytes, request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long threads = argc > 1 ? strtol(argv[1], NULL, 10) : THREADS;
    char *body = malloc(BODY_MAX);
    if (threads < 1 || threads > THREADS_MAX || body == NULL || FCGX_Init() != 0) {
        fputs("bench_null_responder: cannot start\n", stderr);
        return EXIT_FAILURE;
    }
    memset(body, ' ', BODY_MAX);
    /* FCGX_Init() caught it; threads that block in accept would not notice. */
    signal(SIGTERM, SIG_DFL);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    for (long i = 1; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, serve, body) != 0) {
            fputs("bench_null_responder: cannot start all threads\n", stderr);
            return EXIT_FAILURE;
        }
    }
    serve(body);
    return EXIT_SUCCESS;
}
