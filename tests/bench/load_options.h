/* load_options.h: the command line of bench_load and bench_live. */
#ifndef TICKETING_BENCH_LOAD_OPTIONS_H
#define TICKETING_BENCH_LOAD_OPTIONS_H

#include "common/cleanup.h"
#include <stdbool.h>
#include <stdint.h>

enum { EXPECTED_MAX = 8 };

struct load_options {
    uint16_t port;        /* of the gateway on 127.0.0.1 */
    const char *requests; /* file, see load_requests.h */
    const char *tokens;   /* file with one access token a line; NULL: none */
    int connections;      /* bench_live: subscribers */
    double seconds;       /* measured, after warm_up */
    double warm_up;       /* seconds whose latencies are not counted */
    double rate;          /* requests a second; 0: each connection sends as soon as it was answered */
    bool once;            /* end when all requests of the file have been sent, instead of starting over */
    int keep;             /* holds made and not yet released at any time; -1: they are not released */
    int expected[EXPECTED_MAX]; /* statuses that are no failure; ends with 0 */
    const char *live;           /* bench_live: path of the event stream */
    int first_seat;             /* bench_live: request k holds the seats first_seat + 2k and the next one */
};

/* Ends the process with a usage text when the arguments make no sense. */
struct load_options load_options_read(int argc, char **argv);

/* Thousands of connections need as many descriptors: raises the soft limit to the hard one. */
void load_options_raise_files(void);

#endif
