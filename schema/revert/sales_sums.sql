-- Revert ticketing:sales_sums from pg
BEGIN;

DROP FUNCTION public.sum_sales();
DROP FUNCTION public.report_span(text, timestamptz);
DROP TABLE public.report_marks;
DROP TABLE public.sales_sums;

COMMIT;
