-- Verify ticketing:expire_orders on pg
SELECT 'public.expire_orders(integer)'::regprocedure;
