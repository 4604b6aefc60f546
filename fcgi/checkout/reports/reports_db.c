/* reports_db.c: reports in the database. */
#include "fcgi/checkout/reports/reports_db.h"

enum { REPORT_JSON }; /* the one column of a report */

/* $1 zone */
static const struct db_statement overview_statement = {
    .name = "report_overview",
    .repeatable = true,
    .sql = "SELECT report_overview($1::text)",
};

/* $1 show, $2 event, $3 first day, $4 last day, $5 zone */
static const struct db_statement sales_statement = {
    .name = "report_sales",
    .repeatable = true,
    .sql = "SELECT report_sales($1::uuid, $2::uuid, $3::date, $4::date, $5::text)",
};

static const struct db_statement sum_statement = {
    .name = "report_sum_sales",
    .sql = "SELECT sum_sales()",
};
enum sum_column { SUM_MORE };

static enum db_status read_report(struct db_pool *pool, struct arena *arena,
                                  const struct db_statement *statement, size_t count,
                                  const char *const params[], const char **ret_json)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run_row(pool, statement, count, params, &rows);
    if (status != DB_OK) {
        return status;
    }
    const char *json = db_copy(arena, rows, 0, REPORT_JSON);
    if (json == NULL) {
        return DB_NONE;
    }
    *ret_json = json;
    return DB_OK;
}

enum db_status reports_db_overview(struct db_pool *pool, struct arena *arena, const char *zone,
                                   const char **ret_json)
{
    return read_report(pool, arena, &overview_statement, 1, (const char *const[]){zone}, ret_json);
}

enum db_status reports_db_sales(struct db_pool *pool, struct arena *arena, const struct sales_range *range,
                                const char **ret_json)
{
    const char *params[] = {range->show_id, range->event_id, range->first_day, range->last_day, range->zone};
    return read_report(pool, arena, &sales_statement, ARRAY_LENGTH(params), params, ret_json);
}

enum db_status reports_db_sum_sales(struct db_pool *pool, bool *ret_more)
{
    CLEANUP(db_result_free) struct db_result *rows = NULL;
    enum db_status status = db_run(pool, &sum_statement, 0, NULL, &rows);
    if (status == DB_OK) {
        *ret_more = db_bool(rows, 0, SUM_MORE);
    }
    return status;
}
