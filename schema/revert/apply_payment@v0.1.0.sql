-- Revert ticketing:apply_payment from pg
BEGIN;

DROP FUNCTION public.apply_payment(text, text, uuid, bigint, text, text, text);

COMMIT;
