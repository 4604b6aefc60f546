-- Revert ticketing:holds from pg
BEGIN;

DROP TABLE public.holds;

COMMIT;
