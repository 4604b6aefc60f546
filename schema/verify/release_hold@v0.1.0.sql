-- Verify ticketing:release_hold on pg
SELECT 'public.release_hold(uuid, uuid)'::regprocedure;
