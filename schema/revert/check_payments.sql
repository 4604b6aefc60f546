-- Revert ticketing:check_payments from pg
BEGIN;
DROP FUNCTION public.claim_checks(text, integer, integer);
DROP FUNCTION public.postpone_check(uuid, integer);
COMMIT;
