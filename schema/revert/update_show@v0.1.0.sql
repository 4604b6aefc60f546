-- Revert ticketing:update_show from pg
BEGIN;

DROP FUNCTION public.update_show(uuid, timestamptz, timestamptz, timestamptz, timestamptz, text, integer, text, jsonb);

COMMIT;
