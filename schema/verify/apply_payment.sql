-- Verify ticketing:apply_payment on pg
SELECT 'public.apply_payment(text, boolean, uuid, bigint, text)'::regprocedure;
