-- Revert ticketing:order_misfit from pg
BEGIN;
DROP FUNCTION public.order_misfit(uuid, uuid);
COMMIT;
