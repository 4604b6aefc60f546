-- Revert ticketing:order_search from pg
BEGIN;

DROP FUNCTION public.find_orders(text, uuid, text, timestamptz, uuid, integer);
DROP FUNCTION public.note_buyers();
DROP FUNCTION public.order_statuses();
DELETE FROM public.report_marks WHERE name = 'buyers';
DROP TABLE public.buyers;

COMMIT;
