-- Revert ticketing:take_seats from pg
BEGIN;

DROP FUNCTION public.take_seats(integer[], uuid[], uuid[], uuid[], text[], integer[], text[], integer, integer, text[], text[], timestamptz[], integer, integer, integer);

COMMIT;
