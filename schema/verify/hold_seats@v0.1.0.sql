-- Verify ticketing:hold_seats on pg
SELECT 'public.hold_seats(integer[], uuid[], uuid[], uuid[], text[], integer[], text[], integer, integer)'::regprocedure;
