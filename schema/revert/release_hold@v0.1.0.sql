-- Revert ticketing:release_hold from pg
BEGIN;

DROP FUNCTION public.release_hold(uuid, uuid);

COMMIT;
