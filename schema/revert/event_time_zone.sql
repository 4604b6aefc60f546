-- Revert ticketing:event_time_zone from pg
BEGIN;

ALTER TABLE public.events DROP COLUMN time_zone;

COMMIT;
