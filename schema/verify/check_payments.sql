-- Verify ticketing:check_payments on pg
SELECT 'public.claim_checks(text, integer, integer)'::regprocedure, 'public.postpone_check(uuid, integer)'::regprocedure;
