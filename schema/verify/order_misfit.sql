-- Verify ticketing:order_misfit on pg
SELECT 'public.order_misfit(uuid, uuid)'::regprocedure;
