-- Revert ticketing:hold_seats from pg
BEGIN;

DROP FUNCTION public.hold_seats(integer[], uuid[], uuid[], uuid[], text[], integer[], text[], integer, integer);

COMMIT;
