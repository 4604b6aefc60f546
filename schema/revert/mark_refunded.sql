-- Revert ticketing:mark_refunded from pg
BEGIN;
DROP FUNCTION public.mark_refunded(uuid, uuid, text, text);
COMMIT;
