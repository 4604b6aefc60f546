-- Verify ticketing:mark_paid on pg
SELECT 'public.mark_paid(uuid, uuid, text, text)'::regprocedure;
