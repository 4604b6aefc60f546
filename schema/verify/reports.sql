-- Verify ticketing:reports on pg
SELECT 'public.report_overview(text)'::regprocedure, 'public.report_sales(uuid, uuid, date, date, text)'::regprocedure,
       'public.report_needs()'::regprocedure, 'public.report_sums(timestamptz)'::regprocedure,
       'public.sold_between(timestamptz, timestamptz)'::regprocedure, 'public.refunded_between(timestamptz, timestamptz)'::regprocedure,
       'public.house_zone()'::regprocedure;
SELECT 'public.refunds_decided'::regclass, 'public.webhook_deliveries_parked'::regclass, 'public.checkins_flagged_lately'::regclass,
       'public.outside_money_disputed'::regclass;
