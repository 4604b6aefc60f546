/* reports.h: the room of what admins look at and take away: sums, the curve of sales, what waits for a
 * person. */
#ifndef TICKETING_REPORTS_H
#define TICKETING_REPORTS_H

#include "common/router.h"

extern const struct route_table reports_routes;

extern const struct field_spec overview_query;
extern const struct field_spec sales_query;

extern const struct field_spec audit_list_query;
extern const struct field_spec attendees_query;
extern const struct field_spec orders_query;

enum problem audit_list(struct request *request, struct response *response);
enum problem report_overview(struct request *request, struct response *response);
enum problem report_sales(struct request *request, struct response *response);
enum problem attendees_export(struct request *request, struct response *response);
enum problem orders_export(struct request *request, struct response *response);
enum problem seat_read(struct request *request, struct response *response);

/* A background task: adds up what was sold, so that reports over years read little. `context` is a struct
 * checkout. */
void sales_sum_run(void *context);

#endif
