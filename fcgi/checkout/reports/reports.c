/* reports.c: GET /reports/overview and /reports/sales, and the task that adds sales up for them. */
#include "fcgi/checkout/reports/reports.h"
#include "common/clock.h"
#include "common/response_database.h"
#include "common/turn.h"
#include "fcgi/checkout/checkout.h"
#include "fcgi/checkout/reports/reports_db.h"
#include <string.h>
#include <time.h>

enum {
    SALES_DAYS_MAX = 366,
    SUMS_A_RUN =
        1000, /* hours with sales that one run of the task adds up: a house's past is done in some runs */
    DAY_SECONDS = 24 * 60 * 60,
};

struct overview_values {
    const char *zone;
};

static const struct field overview_fields[] = {
    {.name = "zone",
     .type = FIELD_LINE,
     .min = 1,
     .max = 64,
     .offset = offsetof(struct overview_values, zone)},
};
const struct field_spec overview_query = FIELD_SPEC(struct overview_values, overview_fields);

static const struct field sales_fields[] = {
    {.name = "show", .type = FIELD_UUID, .offset = offsetof(struct sales_range, show_id)},
    {.name = "event", .type = FIELD_UUID, .offset = offsetof(struct sales_range, event_id)},
    {.name = "from",
     .type = FIELD_LINE,
     .min = 10,
     .max = 10,
     .offset = offsetof(struct sales_range, first_day)},
    {.name = "to",
     .type = FIELD_LINE,
     .min = 10,
     .max = 10,
     .offset = offsetof(struct sales_range, last_day)},
    {.name = "zone", .type = FIELD_LINE, .min = 1, .max = 64, .offset = offsetof(struct sales_range, zone)},
};
const struct field_spec sales_query = FIELD_SPEC(struct sales_range, sales_fields);

static enum problem answer_report(struct response *response, enum db_status status, const char *json,
                                  enum problem missing)
{
    if (status == DB_INVALID) {
        CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
        fault_add(faults, "zone", "This is not a name of the IANA time zone database, such as Europe/Paris.");
        return response_faults(response, faults);
    }
    if (status != DB_OK) {
        return response_database(response, status, missing);
    }
    return response_json(response, 200, json_loads(json, 0, NULL));
}

enum problem report_overview(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct overview_values *query = request_query(request);
    const char *json = NULL;
    enum db_status status = reports_db_overview(checkout->pool, request_arena(request), query->zone, &json);
    return answer_report(response, status, json, PROBLEM_INTERNAL);
}

/* Days since the epoch. A day that is none adds a fault; NULL is 0. */
static int64_t day_number(struct arena *arena, const char *day, const char *field, struct fault_list *faults)
{
    struct tm date = {0};
    if (day == NULL) {
        return 0;
    }
    if (!clock_is_rfc3339(arena_printf(arena, "%sT00:00:00Z", day)) ||
        strptime(day, "%Y-%m-%d", &date) == NULL) {
        fault_add(faults, field, "This must be a day as in 2026-12-01.");
        return 0;
    }
    return timegm(&date) / DAY_SECONDS;
}

static void check_range(struct arena *arena, const struct sales_range *range, struct fault_list *faults)
{
    int64_t first = day_number(arena, range->first_day, "from", faults);
    int64_t last = day_number(arena, range->last_day, "to", faults);
    if (range->show_id != NULL && range->event_id != NULL) {
        fault_add(faults, "event", "Name a show or an event, not both.");
    }
    if (range->first_day == NULL || range->last_day == NULL || fault_count(faults) > 0) {
        return;
    }
    if (first > last) {
        fault_add(faults, "to", "This must not be before from.");
    } else if (last - first >= SALES_DAYS_MAX) {
        fault_add(faults, "to", "A report has %d days at the most.", SALES_DAYS_MAX);
    }
}

enum problem report_sales(struct request *request, struct response *response)
{
    const struct checkout *checkout = request_context(request);
    const struct sales_range *range = request_query(request);
    struct arena *arena = request_arena(request);
    CLEANUP(fault_list_free) struct fault_list *faults = fault_list_new();
    check_range(arena, range, faults);
    if (fault_count(faults) > 0) {
        return response_faults(response, faults);
    }
    const char *json = NULL;
    enum db_status status = reports_db_sales(checkout->pool, arena, range, &json);
    return answer_report(response, status, json,
                         range->show_id != NULL ? PROBLEM_SHOW_NOT_FOUND : PROBLEM_EVENT_NOT_FOUND);
}

void sales_sum_run(void *context)
{
    const struct checkout *checkout = context;
    bool more = true;
    for (int i = 0; more && i < SUMS_A_RUN && !turn_stopping(); i++) {
        if (reports_db_sum_sales(checkout->pool, &more) != DB_OK) {
            return; /* logged by db.c; the next round tries again */
        }
    }
}
