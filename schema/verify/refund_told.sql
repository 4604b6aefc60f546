-- Verify ticketing:refund_told on pg
SELECT 'public.refund_json(uuid)'::regprocedure;
