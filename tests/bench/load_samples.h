/* load_samples.h: latencies, all of them kept, so that percentiles are exact. */
#ifndef TICKETING_BENCH_LOAD_SAMPLES_H
#define TICKETING_BENCH_LOAD_SAMPLES_H

#include "common/cleanup.h"
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct samples {
    int64_t *values; /* microseconds */
    size_t count;
    size_t capacity;
};

void samples_add(struct samples *samples, int64_t microseconds);
/* Releases the values, not the struct. */
void samples_clear(struct samples *samples);

/* `{count, meanMs, p50Ms, p90Ms, p99Ms, p999Ms, maxMs}`; sorts the values. A percentile is the smallest value
 * that at least that share of all values does not exceed (nearest rank). New reference. */
json_t *samples_json(struct samples *samples);

#endif
