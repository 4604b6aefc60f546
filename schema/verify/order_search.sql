-- Verify ticketing:order_search on pg
SELECT user_id, email, name FROM public.buyers WHERE false;
SELECT 1 / (count(*) = 1)::integer FROM public.report_marks WHERE name = 'buyers';
SELECT 'public.find_orders(text, uuid, text, timestamptz, uuid, integer)'::regprocedure, 'public.note_buyers()'::regprocedure,
       'public.order_statuses()'::regprocedure;
