#include "tests/bench/load_samples.h"
#include "common/memory.h"
#include <string.h>

enum { FIRST_CAPACITY = 65536 };

void samples_add(struct samples *samples, int64_t microseconds)
{
    if (samples->count == samples->capacity) {
        size_t capacity = samples->capacity == 0 ? FIRST_CAPACITY : samples->capacity * 2;
        int64_t *values = memory_new(capacity, sizeof(*values));
        if (samples->count > 0) {
            memcpy(values, samples->values, samples->count * sizeof(*values));
        }
        free(samples->values);
        samples->values = values;
        samples->capacity = capacity;
    }
    samples->values[samples->count++] = microseconds;
}

void samples_clear(struct samples *samples)
{
    free(samples->values);
    *samples = (struct samples){0};
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Of sorted values; `per_mille` of 1000 is the greatest. */
static double percentile_ms(const struct samples *samples, size_t per_mille)
{
    size_t rank = (samples->count * per_mille + 999) / 1000;
    return (double)samples->values[rank == 0 ? 0 : rank - 1] / 1000.0;
}

json_t *samples_json(struct samples *samples)
{
    if (samples->count == 0) {
        return json_pack("{s:i}", "count", 0);
    }
    qsort(samples->values, samples->count, sizeof(samples->values[0]), compare);
    double sum = 0;
    for (size_t i = 0; i < samples->count; i++) {
        sum += (double)samples->values[i];
    }
    return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:f}", "count", (json_int_t)samples->count, "meanMs",
                     sum / (double)samples->count / 1000.0, "p50Ms", percentile_ms(samples, 500), "p90Ms",
                     percentile_ms(samples, 900), "p99Ms", percentile_ms(samples, 990), "p999Ms",
                     percentile_ms(samples, 999), "maxMs", percentile_ms(samples, 1000));
}
