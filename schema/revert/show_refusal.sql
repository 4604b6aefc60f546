-- Revert ticketing:show_refusal from pg
BEGIN;

DROP FUNCTION public.show_refusal(uuid);

COMMIT;
