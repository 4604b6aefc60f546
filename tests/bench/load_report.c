#include "tests/bench/load_report.h"
#include <stdio.h>

static json_t *statuses_json(const struct load_report *report)
{
    json_t *object = json_object();
    for (size_t status = 0; status < STATUS_LIMIT; status++) {
        if (report->statuses[status] > 0) {
            char name[8];
            snprintf(name, sizeof(name), "%03zu", status);
            json_object_set_new(object, name, json_integer((json_int_t)report->statuses[status]));
        }
    }
    return object;
}

void load_report_print(struct load_report *report)
{
    double seconds = (double)(report->until_us - report->from_us) / 1e6;
    double count = (double)report->samples.count;
    json_auto_t *object = json_pack(
        "{s:I, s:f, s:f, s:o, s:I, s:I, s:I, s:I, s:b, s:s, s:o}", "requests",
        (json_int_t)report->samples.count, "seconds", seconds, "perSecond", seconds > 0 ? count / seconds : 0,
        "statuses", statuses_json(report), "unexpected", (json_int_t)report->unexpected, "broken",
        (json_int_t)report->broken, "released", (json_int_t)report->released, "bodyBytes",
        (json_int_t)report->body_bytes, "usedUp", report->used_up, "firstUnexpected",
        report->first_unexpected, "latency", samples_json(&report->samples));
    json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    putchar('\n');
}
