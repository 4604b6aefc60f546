-- Revert ticketing:events from pg
BEGIN;

DROP TABLE public.events;

COMMIT;
