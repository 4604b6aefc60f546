-- Verify ticketing:sales_sums on pg
SELECT show_id, slot, currency, orders, tickets, revenue FROM public.sales_sums WHERE false;
SELECT 1 / (count(*) = 1)::integer FROM public.report_marks WHERE name = 'sales';
SELECT 'public.report_span(text, timestamptz)'::regprocedure, 'public.sum_sales()'::regprocedure;
