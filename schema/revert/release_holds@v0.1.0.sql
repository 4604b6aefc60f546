-- Revert ticketing:release_holds from pg
BEGIN;

DROP FUNCTION public.release_holds(integer[], uuid[], uuid[]);

COMMIT;
