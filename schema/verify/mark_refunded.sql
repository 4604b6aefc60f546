-- Verify ticketing:mark_refunded on pg
SELECT 'public.mark_refunded(uuid, uuid, text, text)'::regprocedure;
