-- Revert ticketing:reports from pg
BEGIN;

DROP FUNCTION public.report_sales(uuid, uuid, date, date, text);
DROP FUNCTION public.report_overview(text);
DROP FUNCTION public.report_needs();
DROP FUNCTION public.report_sums(timestamptz);
DROP FUNCTION public.refunded_between(timestamptz, timestamptz);
DROP FUNCTION public.sold_between(timestamptz, timestamptz);
DROP FUNCTION public.house_zone();
DROP INDEX public.outside_money_disputed;
DROP INDEX public.checkins_flagged_lately;
DROP INDEX public.webhook_deliveries_parked;
DROP INDEX public.refunds_decided;

COMMIT;
