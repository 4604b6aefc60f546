-- Verify ticketing:close_orders on pg
SELECT 'public.close_orders(uuid[], text)'::regprocedure;
