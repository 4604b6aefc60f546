-- Verify ticketing:settle_payment on pg
SELECT 'public.settle_payment(text, text, text, uuid, bigint, text, json, text, text, text, uuid)'::regprocedure;
