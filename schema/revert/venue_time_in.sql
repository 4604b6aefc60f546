-- Revert ticketing:venue_time_in from pg
BEGIN;
DROP FUNCTION public.venue_time_in(timestamptz, text, text);
COMMIT;
