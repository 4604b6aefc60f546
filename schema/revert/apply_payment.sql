-- Revert ticketing:apply_payment from pg
BEGIN;

DROP FUNCTION public.apply_payment(text, boolean, uuid, bigint, text);

COMMIT;
