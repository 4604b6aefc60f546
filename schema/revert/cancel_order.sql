-- Revert ticketing:cancel_order from pg
BEGIN;

DROP FUNCTION public.cancel_order(uuid, uuid);

COMMIT;
