-- Revert ticketing:close_orders from pg
BEGIN;

DROP FUNCTION public.close_orders(uuid[], text);

COMMIT;
