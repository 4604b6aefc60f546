-- Verify ticketing:release_holds on pg
SELECT 'public.release_holds(integer[], uuid[], uuid[])'::regprocedure;
