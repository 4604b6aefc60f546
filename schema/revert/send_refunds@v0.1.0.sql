-- Revert ticketing:send_refunds from pg
BEGIN;
DROP FUNCTION public.claim_refunds(text, integer, integer);
DROP FUNCTION public.finish_refund(uuid, text, text, text, text);
COMMIT;
