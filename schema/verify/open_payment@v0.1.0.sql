-- Verify ticketing:open_payment on pg
SELECT 'public.end_attempt(uuid, text)'::regprocedure, 'public.open_payment(uuid, text, integer, integer, integer)'::regprocedure, 'public.record_attempt(uuid, integer, text, text)'::regprocedure, 'public.return_second_payment(uuid, text)'::regprocedure;
