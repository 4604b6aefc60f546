-- Verify ticketing:take_seats on pg
SELECT 'public.take_seats(integer[], uuid[], uuid[], uuid[], text[], integer[], text[], integer, integer, text[], text[], timestamptz[], integer, integer, integer)'::regprocedure;
