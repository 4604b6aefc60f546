-- Revert ticketing:extend_hold from pg
BEGIN;

DROP FUNCTION public.extend_hold(uuid, uuid, integer, integer);

COMMIT;
