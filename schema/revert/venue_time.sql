-- Revert ticketing:venue_time from pg
BEGIN;

DROP FUNCTION public.venue_time(timestamptz, text);

COMMIT;
