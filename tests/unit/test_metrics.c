/* Metrics: the text format, cumulative buckets, bounded labels, no update lost. */
#include "common/metrics.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

DEFINE_CLEANUP(struct metrics *, metrics_free)

static struct metrics *two_routes(void)
{
    struct metrics *metrics = metrics_new("holds", 2);
    metrics_route(metrics, 0, "POST", "/holds");
    metrics_route(metrics, 1, "GET", "/holds/:id");
    return metrics;
}

static char *render(const struct metrics *metrics)
{
    size_t length = 0;
    char *text = metrics_render(metrics, &length);
    assert_int_equal(strlen(text), length);
    return text;
}

/* True when `line` is a whole line of the rendered text. */
static bool has_line(const char *text, const char *line)
{
    size_t length = strlen(line);
    for (const char *found = strstr(text, line); found != NULL; found = strstr(found + 1, line)) {
        if ((found == text || found[-1] == '\n') && found[length] == '\n') {
            return true;
        }
    }
    return false;
}

static void assert_line(const char *text, const char *line)
{
    if (!has_line(text, line)) {
        fail_msg("missing: %s\n%s", line, text);
    }
}

static void counters_and_gauges_are_shown(void **state)
{
    (void)state;
    CLEANUP(metrics_free) struct metrics *metrics = two_routes();
    metrics_add(metrics, METRIC_HOLDS_GRANTED, 1);
    metrics_add(metrics, METRIC_HOLDS_GRANTED, 2);
    metrics_add(metrics, METRIC_POOL_IN_USE, 3);
    metrics_add(metrics, METRIC_POOL_IN_USE, -1);
    CLEANUP(free) char *text = render(metrics);
    assert_line(text, "# TYPE ticketing_holds_granted_total counter");
    assert_line(text, "# HELP ticketing_holds_granted_total Holds granted");
    assert_line(text, "ticketing_holds_granted_total{process=\"holds\"} 3");
    assert_line(text, "# TYPE ticketing_db_pool_in_use gauge");
    assert_line(text, "ticketing_db_pool_in_use{process=\"holds\"} 2");
    assert_line(text, "ticketing_orders_paid_total{process=\"holds\"} 0");
    assert_int_equal(text[strlen(text) - 1], '\n');
}

#define DURATION "ticketing_http_request_duration_seconds"
#define SERIES "process=\"holds\",method=\"POST\",route=\"/holds\",status=\"2xx\""

static void buckets_are_cumulative_with_inclusive_bounds(void **state)
{
    (void)state;
    CLEANUP(metrics_free) struct metrics *metrics = two_routes();
    metrics_request(metrics, 0, 201, 500);      /* exactly the first bound */
    metrics_request(metrics, 0, 201, 501);      /* the second */
    metrics_request(metrics, 0, 200, 10000000); /* exactly the last bound */
    metrics_request(metrics, 0, 201, 10000001); /* +Inf */
    metrics_request(metrics, 0, 201, -5);       /* a clock that went back counts as 0 */
    CLEANUP(free) char *text = render(metrics);
    assert_line(text, "# TYPE " DURATION " histogram");
    assert_line(text, DURATION "_bucket{" SERIES ",le=\"0.0005\"} 2");
    assert_line(text, DURATION "_bucket{" SERIES ",le=\"0.001\"} 3");
    assert_line(text, DURATION "_bucket{" SERIES ",le=\"5\"} 3");
    assert_line(text, DURATION "_bucket{" SERIES ",le=\"10\"} 4");
    assert_line(text, DURATION "_bucket{" SERIES ",le=\"+Inf\"} 5");
    assert_line(text, DURATION "_count{" SERIES "} 5");
    assert_line(text, DURATION "_sum{" SERIES "} 20.001002");
    assert_null(strstr(text, "route=\"/holds/:id\"")); /* no sample, no series */
}

static void labels_stay_bounded(void **state)
{
    (void)state;
    CLEANUP(metrics_free) struct metrics *metrics = two_routes();
    metrics_request(metrics, 1, 404, 1);
    metrics_request(metrics, 1, 418, 1);
    metrics_request(metrics, 1, 499, 1);
    metrics_request(metrics, 1, 0, 1);
    metrics_request(metrics, 1, 99999, 1);
    metrics_request(metrics, 1, -1, 1);
    metrics_request(metrics, 2, 404, 1); /* matched no route */
    CLEANUP(free) char *text = render(metrics);
    const char *requests =
        "ticketing_http_requests_total{process=\"holds\",method=\"GET\",route=\"/holds/:id\",";
    assert_non_null(strstr(text, requests));
    assert_line(text, "ticketing_http_requests_total{process=\"holds\",method=\"GET\",route=\"/holds/:id\","
                      "status=\"404\"} 1");
    assert_line(text, "ticketing_http_requests_total{process=\"holds\",method=\"GET\",route=\"/holds/:id\","
                      "status=\"other\"} 5");
    assert_line(text, "ticketing_http_requests_total{process=\"holds\",method=\"none\",route=\"none\","
                      "status=\"404\"} 1");
    assert_line(text,
                DURATION "_count{process=\"holds\",method=\"GET\",route=\"/holds/:id\",status=\"4xx\"} 3");
    assert_line(text,
                DURATION "_count{process=\"holds\",method=\"GET\",route=\"/holds/:id\",status=\"other\"} 3");
}

static void label_values_are_escaped(void **state)
{
    (void)state;
    CLEANUP(metrics_free) struct metrics *metrics = metrics_new("a\"b\\c\nd", 0);
    CLEANUP(free) char *text = render(metrics);
    assert_line(text, "ticketing_orders_paid_total{process=\"a\\\"b\\\\c\\nd\"} 0");
}

/* Families in the order of their TYPE lines. */
static void family_order(const char *text, char ret_order[static 8192])
{
    size_t used = 0;
    for (const char *line = strstr(text, "# TYPE "); line != NULL; line = strstr(line + 1, "# TYPE ")) {
        size_t length = strcspn(line, "\n") + 1;
        assert_true(used + length < 8192);
        memcpy(ret_order + used, line, length);
        used += length;
    }
    ret_order[used] = '\0';
}

static void all_processes_have_the_same_families_in_order(void **state)
{
    (void)state;
    CLEANUP(metrics_free) struct metrics *idle = metrics_new("auth", 0);
    CLEANUP(metrics_free) struct metrics *busy = two_routes();
    metrics_request(busy, 0, 500, 7);
    CLEANUP(free) char *idle_text = render(idle);
    CLEANUP(free) char *busy_text = render(busy);
    char idle_order[8192];
    char busy_order[8192];
    family_order(idle_text, idle_order);
    family_order(busy_text, busy_order);
    assert_string_equal(idle_order, busy_order);
    assert_true(strlen(idle_order) > 0);
}

static void no_registry_is_fine(void **state)
{
    (void)state;
    metrics_add(NULL, METRIC_DB_RETRIES, 1);
    metrics_request(NULL, 0, 200, 1);
    metrics_free(NULL);
}

enum { THREADS = 4, UPDATES = 20000 };

static void *update(void *context)
{
    struct metrics *metrics = context;
    for (int i = 0; i < UPDATES; i++) {
        metrics_add(metrics, METRIC_TICKETS_SOLD, 1);
        metrics_request(metrics, 0, 201, i);
    }
    return NULL;
}

static void no_update_is_lost_between_threads(void **state)
{
    (void)state;
    CLEANUP(metrics_free) struct metrics *metrics = two_routes();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, update, metrics), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CLEANUP(free) char *text = render(metrics);
    assert_line(text, "ticketing_tickets_sold_total{process=\"holds\"} 80000");
    assert_line(text, DURATION "_count{" SERIES "} 80000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_and_gauges_are_shown),
        cmocka_unit_test(buckets_are_cumulative_with_inclusive_bounds),
        cmocka_unit_test(labels_stay_bounded),
        cmocka_unit_test(label_values_are_escaped),
        cmocka_unit_test(all_processes_have_the_same_families_in_order),
        cmocka_unit_test(no_registry_is_fine),
        cmocka_unit_test(no_update_is_lost_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
