/* routes.c: the calls of the room of reports. */
#include "fcgi/checkout/reports/reports.h"

static const struct route routes[] = {
    {.method = HTTP_GET,
     .pattern = "/reports/overview",
     .auth = AUTH_ADMIN,
     .query = &overview_query,
     .handler = report_overview},
    {.method = HTTP_GET,
     .pattern = "/reports/sales",
     .auth = AUTH_ADMIN,
     .query = &sales_query,
     .handler = report_sales},
    {.method = HTTP_GET,
     .pattern = "/audit",
     .auth = AUTH_ADMIN,
     .query = &audit_list_query,
     .handler = audit_list},
    {.method = HTTP_GET,
     .pattern = "/shows/:id/attendees.csv",
     .auth = AUTH_ADMIN,
     .query = &attendees_query,
     .handler = attendees_export},
    {.method = HTTP_GET,
     .pattern = "/shows/:id/orders.csv",
     .auth = AUTH_ADMIN,
     .query = &orders_query,
     .handler = orders_export},
    {.method = HTTP_GET, .pattern = "/shows/:id/seats/*seat", .auth = AUTH_ADMIN, .handler = seat_read},
};

const struct route_table reports_routes = {routes, ARRAY_LENGTH(routes)};
