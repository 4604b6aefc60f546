-- Revert ticketing:checkins from pg
BEGIN;

DROP TABLE public.checkins;

COMMIT;
