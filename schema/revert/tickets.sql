-- Revert ticketing:tickets from pg
BEGIN;

DROP TABLE public.tickets;

COMMIT;
