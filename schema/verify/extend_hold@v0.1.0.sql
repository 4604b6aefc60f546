-- Verify ticketing:extend_hold on pg
SELECT 'public.extend_hold(uuid, uuid, integer, integer)'::regprocedure;
