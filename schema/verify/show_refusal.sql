-- Verify ticketing:show_refusal on pg
SELECT 'public.show_refusal(uuid)'::regprocedure;
