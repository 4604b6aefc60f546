-- Revert ticketing:open_payment from pg
BEGIN;
DROP FUNCTION public.end_attempt(uuid, text);
DROP FUNCTION public.open_payment(uuid, text, integer, integer, integer);
DROP FUNCTION public.record_attempt(uuid, integer, text, text);
DROP FUNCTION public.return_second_payment(uuid, text);
COMMIT;
