-- Verify ticketing:apply_payment on pg
SELECT 'public.apply_payment(text, text, uuid, bigint, text, text, text)'::regprocedure;
