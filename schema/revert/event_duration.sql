-- Revert ticketing:event_duration from pg
BEGIN;

ALTER TABLE public.events DROP COLUMN default_duration_minutes;

COMMIT;
