-- Revert ticketing:expire_orders from pg
BEGIN;

DROP FUNCTION public.expire_orders(integer);

COMMIT;
