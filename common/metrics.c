/* metrics.c: counters and histograms, and their Prometheus text. */
#include "common/metrics.h"

#include "common/memory.h"
#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>

/* Upper bounds of the latency buckets; the last bucket is +Inf. */
static const struct {
    int64_t microseconds;
    const char *label; /* in seconds */
} buckets[] = {
    {500, "0.0005"},  {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},
    {25000, "0.025"}, {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},
    {1000000, "1"},   {2500000, "2.5"}, {5000000, "5"},   {10000000, "10"},
};
enum { BUCKET_COUNT = ARRAY_LENGTH(buckets) + 1, CLASS_COUNT = 6 };

/* The status codes with a series of their own; any other counts as its class, so that labels stay bounded. */
static const struct {
    int status;
    const char *label;
} statuses[] = {
    {200, "200"}, {201, "201"}, {202, "202"}, {204, "204"}, {304, "304"}, {400, "400"}, {401, "401"},
    {403, "403"}, {404, "404"}, {405, "405"}, {409, "409"}, {413, "413"}, {412, "412"}, {415, "415"},
    {422, "422"}, {429, "429"}, {500, "500"}, {503, "503"}, {0, "other"},
};
enum { STATUS_COUNT = ARRAY_LENGTH(statuses) };

static const char *const class_labels[CLASS_COUNT] = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};

static const struct {
    const char *type;
    const char *name;
    const char *help;
} families[METRIC_COUNT] = {
#define METRIC_ROW(metric, kind, text, description) [METRIC_##metric] = {#kind, text, description},
    METRIC_LIST(METRIC_ROW)
#undef METRIC_ROW
};

struct latency {
    _Atomic int64_t counts[BUCKET_COUNT]; /* each its own bucket only; rendering adds them up */
    _Atomic int64_t microseconds;
};

struct route_metrics {
    const char *method;
    const char *pattern;
    _Atomic int64_t statuses[STATUS_COUNT];
    struct latency classes[CLASS_COUNT];
};

struct metrics {
    char *process;
    _Atomic int64_t values[METRIC_COUNT];
    size_t route_count;           /* without the last element of routes */
    struct route_metrics *routes; /* the last one: requests that matched no route */
};

struct metrics *metrics_new(const char *process, size_t route_count)
{
    struct metrics *metrics = memory_new(1, sizeof(*metrics));
    metrics->process = memory_text(process);
    metrics->route_count = route_count;
    metrics->routes = memory_new(route_count + 1, sizeof(*metrics->routes));
    for (size_t i = 0; i <= route_count; i++) {
        metrics->routes[i].method = "none";
        metrics->routes[i].pattern = "none";
    }
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics == NULL) {
        return;
    }
    free(metrics->routes);
    free(metrics->process);
    free(metrics);
}

void metrics_route(struct metrics *metrics, size_t index, const char *method, const char *pattern)
{
    assert(index < metrics->route_count);
    metrics->routes[index].method = method;
    metrics->routes[index].pattern = pattern;
}

static void add(_Atomic int64_t *value, int64_t amount)
{
    atomic_fetch_add_explicit(value, amount, memory_order_relaxed);
}

static int64_t get(const _Atomic int64_t *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

void metrics_add(struct metrics *metrics, enum metric metric, int64_t amount)
{
    if (metrics != NULL) {
        add(&metrics->values[metric], amount);
    }
}

static size_t status_index(int status)
{
    size_t index = 0;
    while (index < STATUS_COUNT - 1 && statuses[index].status != status) {
        index++;
    }
    return index;
}

static size_t class_index(int status)
{
    return status >= 100 && status < 600 ? (size_t)status / 100 : 0;
}

static size_t bucket_index(int64_t microseconds)
{
    size_t index = 0;
    while (index < BUCKET_COUNT - 1 && microseconds > buckets[index].microseconds) {
        index++;
    }
    return index;
}

void metrics_request(struct metrics *metrics, size_t route_index, int status, int64_t microseconds)
{
    if (metrics == NULL) {
        return;
    }
    assert(route_index <= metrics->route_count);
    struct route_metrics *route = &metrics->routes[route_index];
    struct latency *latency = &route->classes[class_index(status)];
    int64_t duration = microseconds > 0 ? microseconds : 0;
    add(&route->statuses[status_index(status)], 1);
    add(&latency->counts[bucket_index(duration)], 1);
    add(&latency->microseconds, duration);
}

/* Label values escape backslash, quote and line feed (Prometheus, "Exposition formats"). */
static void print_label(FILE *out, const char *name, const char *value)
{
    fprintf(out, "%s=\"", name);
    for (; *value != '\0'; value++) {
        if (*value == '\n') {
            fputs("\\n", out);
            continue;
        }
        if (*value == '\\' || *value == '"') {
            fputc('\\', out);
        }
        fputc(*value, out);
    }
    fputc('"', out);
}

static void print_family(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* `name{process="…",method="…",route="…",status="…"` without the closing brace. */
static void print_series(FILE *out, const char *name, const struct metrics *metrics,
                         const struct route_metrics *route, const char *status)
{
    fprintf(out, "%s{", name);
    print_label(out, "process", metrics->process);
    fputc(',', out);
    print_label(out, "method", route->method);
    fputc(',', out);
    print_label(out, "route", route->pattern);
    fprintf(out, ",status=\"%s\"", status);
}

static void render_requests(FILE *out, const struct metrics *metrics)
{
    static const char name[] = "ticketing_http_requests_total";
    print_family(out, name, "counter", "Requests served, by route and status code");
    for (size_t i = 0; i <= metrics->route_count; i++) {
        for (size_t status = 0; status < STATUS_COUNT; status++) {
            int64_t count = get(&metrics->routes[i].statuses[status]);
            if (count > 0) {
                print_series(out, name, metrics, &metrics->routes[i], statuses[status].label);
                fprintf(out, "} %" PRId64 "\n", count);
            }
        }
    }
}

#define DURATION_NAME "ticketing_http_request_duration_seconds"

static void render_latency(FILE *out, const struct metrics *metrics, const struct route_metrics *route,
                           size_t class)
{
    const struct latency *latency = &route->classes[class];
    /* Read once: buckets must be cumulative and the last one equal to the count although other threads go on
     * adding. */
    int64_t counts[BUCKET_COUNT];
    int64_t total = 0;
    for (size_t i = 0; i < BUCKET_COUNT; i++) {
        total += get(&latency->counts[i]);
        counts[i] = total;
    }
    if (total == 0) {
        return;
    }
    int64_t microseconds = get(&latency->microseconds);
    for (size_t i = 0; i < BUCKET_COUNT; i++) {
        print_series(out, DURATION_NAME "_bucket", metrics, route, class_labels[class]);
        const char *bound = i < ARRAY_LENGTH(buckets) ? buckets[i].label : "+Inf";
        fprintf(out, ",le=\"%s\"} %" PRId64 "\n", bound, counts[i]);
    }
    print_series(out, DURATION_NAME "_sum", metrics, route, class_labels[class]);
    fprintf(out, "} %" PRId64 ".%06" PRId64 "\n", microseconds / 1000000, microseconds % 1000000);
    print_series(out, DURATION_NAME "_count", metrics, route, class_labels[class]);
    fprintf(out, "} %" PRId64 "\n", total);
}

static void render_latencies(FILE *out, const struct metrics *metrics)
{
    print_family(out, DURATION_NAME, "histogram", "Time to serve a request, by route and status class");
    for (size_t i = 0; i <= metrics->route_count; i++) {
        for (size_t class = 0; class < CLASS_COUNT; class ++) {
            render_latency(out, metrics, &metrics->routes[i], class);
        }
    }
}

char *metrics_render(const struct metrics *metrics, size_t *ret_length)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL) {
        abort(); /* only when memory is exhausted */
    }
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        print_family(out, families[i].name, families[i].type, families[i].help);
        fprintf(out, "%s{", families[i].name);
        print_label(out, "process", metrics->process);
        fprintf(out, "} %" PRId64 "\n", get(&metrics->values[i]));
    }
    render_requests(out, metrics);
    render_latencies(out, metrics);
    if (fclose(out) != 0 || text == NULL) {
        abort();
    }
    *ret_length = length;
    return text;
}
