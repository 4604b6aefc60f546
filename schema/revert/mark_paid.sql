-- Revert ticketing:mark_paid from pg
BEGIN;
DROP FUNCTION public.mark_paid(uuid, uuid, text, text);
COMMIT;
