/* reports_db.h: reports in the database, which makes them as JSON (schema/deploy/reports.sql). */
#ifndef TICKETING_REPORTS_DB_H
#define TICKETING_REPORTS_DB_H

#include "common/db.h"

/* Days as YYYY-MM-DD, the last one included. A NULL member is left to report_sales(). */
struct sales_range {
    const char *show_id;
    const char *event_id;
    const char *first_day;
    const char *last_day;
    const char *zone; /* of the IANA time zone database; an unknown one is DB_INVALID */
};

/* The texts returned are JSON as the API shows it, in the arena. `zone` as above. */
enum db_status reports_db_overview(struct db_pool *pool, struct arena *arena, const char *zone,
                                   const char **ret_json) MUST_CHECK;
/* DB_NONE when there is no such show or event. */
enum db_status reports_db_sales(struct db_pool *pool, struct arena *arena, const struct sales_range *range,
                                const char **ret_json) MUST_CHECK;
/* Adds up the sales of an hour at the most; *ret_more: there are more. */
enum db_status reports_db_sum_sales(struct db_pool *pool, bool *ret_more) MUST_CHECK;

#endif
