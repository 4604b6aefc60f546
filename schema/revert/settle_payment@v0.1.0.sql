-- Revert ticketing:settle_payment from pg
BEGIN;

DROP FUNCTION public.settle_payment(text, text, text, uuid, bigint, text, json, text, text, text, uuid);

COMMIT;
