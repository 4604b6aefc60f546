-- Revert ticketing:payments from pg
BEGIN;

DROP TABLE public.refunds;
DROP TABLE public.payment_events;
DROP TABLE public.payments;

COMMIT;
