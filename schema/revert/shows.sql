-- Revert ticketing:shows from pg
BEGIN;

DROP TABLE public.shows;

COMMIT;
