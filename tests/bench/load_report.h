/* load_report.h: what a run of bench_load counts and prints. */
#ifndef TICKETING_BENCH_LOAD_REPORT_H
#define TICKETING_BENCH_LOAD_REPORT_H

#include "tests/bench/load_samples.h"
#include <stdbool.h>

enum { STATUS_LIMIT = 600 };

struct load_report {
    size_t statuses[STATUS_LIMIT]; /* of all answers, the warm-up's too; without those to releases */
    size_t unexpected;             /* answers with another status than expected, to releases too */
    size_t broken;                 /* requests without an answer */
    size_t released;               /* holds */
    size_t body_bytes;             /* of the last expected answer */
    bool used_up;                  /* every request of the file was sent */
    int64_t from_us, until_us;     /* the window in which answers are counted */
    struct samples samples;        /* latencies of the answers in the window */
    char first_unexpected[256];    /* status and beginning of the body */
};

/* Prints `{requests, seconds, perSecond, statuses, unexpected, broken, released, bodyBytes, usedUp, latency,
 * …}`. */
void load_report_print(struct load_report *report);

#endif
