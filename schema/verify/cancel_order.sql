-- Verify ticketing:cancel_order on pg
SELECT 'public.cancel_order(uuid, uuid)'::regprocedure;
