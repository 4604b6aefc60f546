-- Revert ticketing:rfc3339 from pg
BEGIN;

DROP FUNCTION public.rfc3339(timestamptz);

COMMIT;
