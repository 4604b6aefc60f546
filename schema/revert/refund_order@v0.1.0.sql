-- Revert ticketing:refund_order from pg
BEGIN;
DROP FUNCTION public.refund_order(uuid, uuid, uuid[], boolean, uuid, text);
COMMIT;
